/// A page with places to be filled: `{{name}}`.
struct PageTemplate {
    private var pieces: [(text: ArraySlice<UInt8>, place: String)] = []
    private var rest: ArraySlice<UInt8>

    private static let open = UInt8(ascii: "{")
    private static let close = UInt8(ascii: "}")

    init(_ bytes: [UInt8]) {
        rest = bytes[...]
        while let start = Self.pair(Self.open, in: rest),
            let end = Self.pair(Self.close, in: rest[(start + 2)...])
        {
            let name = String(decoding: rest[start + 2..<end], as: UTF8.self)
            pieces.append((rest[..<start], name))
            rest = rest[(end + 2)...]
        }
    }

    /// The page with what belongs into each place, which is HTML.
    func filled(_ value: (String) -> String) -> [UInt8] {
        var page: [UInt8] = []
        for piece in pieces {
            page += piece.text
            page += value(piece.place).utf8
        }
        return page + rest
    }

    private static func pair(_ byte: UInt8, in bytes: ArraySlice<UInt8>) -> Int? {
        for index in bytes.indices.dropLast() where bytes[index] == byte {
            if bytes[index + 1] == byte { return index }
        }
        return nil
    }
}

extension String {
    /// Fit for text and for attributes in quotes.
    var escapedForHTML: String {
        // By scalars: what combines with a quote would hide it in one Character.
        unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "'": text += "&#39;"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}
