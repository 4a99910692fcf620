/// The number that a person proves to hold: a country calling code and a subscriber number.
///
/// **Shape**: 7 to 15 digits, the first not 0 (E.164); whether the number exists is not checked.
/// Printing it shows the masked form; ask for `e164` or `digits` to have the number itself.
public struct PhoneNumber: Hashable, Sendable {
    /// The digits without a plus, as WhatsApp writes them (`wa_id`): `16505550142`.
    public let digits: String

    /// The number as people write it: `+16505550142`.
    public var e164: String { "+" + digits }

    /// Reads what a person typed or pasted.
    ///
    /// Dropped wherever they stand: spaces (also tab, no-break and other Unicode spaces), dots (also
    /// U+00B7), dashes (also soft and no-break hyphen, en and em dash, minus sign), brackets `()[]`,
    /// and the invisible marks that address books put around numbers. The rest must be `+` or `00`
    /// and then ASCII digits. Line breaks, slashes and digits of other scripts are refused: they
    /// may stand between two numbers, or hide what the number is.
    ///
    /// Nil without `+` or `00`: guessing a country would message a stranger.
    public init?(_ text: String) {
        var written = ""
        for scalar in text.unicodeScalars where !Self.isSeparator(scalar) {
            written.unicodeScalars.append(scalar)
            // "00" and 15 digits is the longest there is: no need to gather a whole request body.
            if written.utf8.count > 17 { return nil }
        }
        if written.utf8.first == UInt8(ascii: "+") {
            self.init(waID: String(written.unicodeScalars.dropFirst()))
        } else if written.utf8.starts(with: "00".utf8) {
            self.init(waID: String(written.unicodeScalars.dropFirst(2)))
        } else {
            return nil
        }
    }

    /// Takes a number as WhatsApp writes it: 7 to 15 ASCII digits, the first not 0, nothing else.
    public init?(waID: String) {
        let digits = waID.utf8
        guard 7...15 ~= digits.count, digits.first != UInt8(ascii: "0"),
            digits.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 })
        else { return nil }
        self.digits = waID
    }

    private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case " ", "\t", "\u{A0}", "\u{1680}", "\u{2000}"..."\u{200A}", "\u{202F}", "\u{205F}",
            "\u{3000}":
            true
        case ".", "\u{B7}": true
        case "-", "\u{AD}", "\u{2010}"..."\u{2015}", "\u{2212}", "\u{FE58}", "\u{FE63}", "\u{FF0D}":
            true
        case "(", ")", "[", "]": true
        // Zero width, byte order mark, and the marks of writing direction around copied numbers.
        case "\u{200B}"..."\u{200F}", "\u{202A}"..."\u{202E}", "\u{2060}", "\u{2066}"..."\u{2069}",
            "\u{FEFF}":
            true
        default: false
        }
    }
}

extension PhoneNumber: CustomStringConvertible, CustomDebugStringConvertible {
    /// The form for logs, never enough to call: `+1650*****42`.
    ///
    /// At least five digits are hidden, so the shorter the number, the less of its start is shown.
    public var masked: String {
        // By bytes: it is made for every record and line.
        var masked = [UInt8(ascii: "+")] + Array(digits.utf8)
        let start = min(4, max(0, digits.utf8.count - 7))
        for place in start + 1..<masked.count - 2 { masked[place] = UInt8(ascii: "*") }
        return String(decoding: masked, as: UTF8.self)
    }

    /// The masked form.
    public var description: String { masked }

    /// The masked form too: Swift prints the fields of structs and optionals with this one.
    public var debugDescription: String { masked }
}
