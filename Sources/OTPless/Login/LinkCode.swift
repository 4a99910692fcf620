/// What a page gives a person to send: 40 random bits, which name the page's login.
///
/// Shape: 8 characters of Crockford's base32, written `K7PQ-2MXD`. Kept as a keyed hash alone: a
/// plain one of 40 bits could be searched.
public struct LinkCode: Hashable, Sendable, CustomStringConvertible {
    /// The lower 40 bits.
    private let value: UInt64

    private static let length = 8

    /// Digits and letters without I, L, O and U, by their value.
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// The value of each letter, in any case; `O` reads as 0, `I` and `L` as 1.
    private static let values: [UInt8: UInt8] = {
        var values: [UInt8: UInt8] = [:]
        for (value, letter) in alphabet.enumerated() { values[letter] = UInt8(value) }
        values[UInt8(ascii: "O")] = 0
        values[UInt8(ascii: "I")] = 1
        values[UInt8(ascii: "L")] = 1
        for (letter, value) in values where letter >= UInt8(ascii: "A") {
            values[letter | 0x20] = value
        }
        return values
    }()

    init(bytes: [UInt8]) {
        value = bytes.prefix(5).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// A new code.
    package static func make(_ entropy: Entropy) -> LinkCode { LinkCode(bytes: entropy.bytes(5)) }

    private init(characters: [UInt8]) {
        value = characters.reduce(0) { $0 << 5 | UInt64($1) }
    }

    /// What the page shows: `K7PQ-2MXD`.
    public var text: String {
        var letters = (0..<Self.length).map { index in
            Self.alphabet[Int(value >> UInt64(5 * (Self.length - 1 - index)) & 31)]
        }
        letters.insert(UInt8(ascii: "-"), at: Self.length / 2)
        return String(decoding: letters, as: UTF8.self)
    }

    /// Hides the code.
    public var description: String { "code" }

    /// All that is kept of it.
    package func digest(_ key: HMACKey) -> [UInt8] { key.code(of: Array(text.utf8)[...]) }
}

extension LinkCode {
    /// What a text holds that looks like a code.
    package struct Candidates: Sendable {
        package fileprivate(set) var codes: Set<LinkCode> = []

        /// Whether one of them is written as codes are, `XXXX-XXXX`: nobody writes so by chance.
        package fileprivate(set) var isWrittenAsCode = false
    }

    /// No message is longer.
    private static let longestText = 4096

    /// A text with more of them is no answer, but a search.
    private static let most = 32

    /// Finds what may be codes: four characters, perhaps spaces or dashes, and four more, that touch no
    /// other letter or digit; also where two share one half.
    package static func candidates(in text: String) -> Candidates {
        let scalars = Array(text.unicodeScalars.prefix(longestText))
        var found = Candidates()
        for start in scalars.indices where start == 0 || !scalars[start - 1].isWordPart {
            guard let first = half(scalars, at: start) else { continue }
            var next = start + 4
            while next < scalars.count, scalars[next].isCodeSeparator { next += 1 }
            guard let second = half(scalars, at: next),
                next + 4 == scalars.count || !scalars[next + 4].isWordPart
            else { continue }
            found.codes.insert(LinkCode(characters: first + second))
            if next == start + 5, scalars[start + 4] == "-" { found.isWrittenAsCode = true }
        }
        if found.codes.count > most { found.codes = [] }
        return found
    }

    private static func half(_ scalars: [Unicode.Scalar], at start: Int) -> [UInt8]? {
        guard start + 4 <= scalars.count else { return nil }
        let values = scalars[start..<start + 4].compactMap {
            $0.isASCII ? Self.values[UInt8($0.value)] : nil
        }
        return values.count == 4 ? values : nil
    }
}

extension Unicode.Scalar {
    /// Whether it would make more of a word or a number of what stands beside it.
    fileprivate var isWordPart: Bool {
        properties.isAlphabetic || properties.numericType != nil
            || properties.generalCategory == .nonspacingMark
    }

    /// A space or a dash of any kind: keyboards write their own.
    fileprivate var isCodeSeparator: Bool {
        properties.generalCategory == .spaceSeparator
            || properties.generalCategory == .dashPunctuation || self == "\u{2212}"
    }
}
