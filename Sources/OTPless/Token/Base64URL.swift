/// Bytes as text that fits into tokens and URLs: RFC 4648 §5 without padding.
///
/// Decoding is canonical: exactly one text stands for given bytes, so a token cannot be written in
/// two ways. Padding, whitespace, `+`, `/` and leftover bits that are not zero are refused.
public enum Base64URL {
    private static let letters = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// The six bits of each letter; 0xFF for every other byte.
    private static let values = {
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, letter) in letters.enumerated() { values[Int(letter)] = UInt8(value) }
        return values
    }()

    /// The text for these bytes, four letters for three bytes.
    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        var text: [UInt8] = []
        append(encoded: bytes, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends the text for these bytes to a buffer of ASCII.
    public static func append(encoded bytes: some Collection<UInt8>, to text: inout [UInt8]) {
        let source = Array(bytes)
        let letters = letters
        let groups = source.count / 3
        // At least one more: the storage of all empty arrays is one, and appending nothing writes to it.
        text.append(addingCapacity: groups * 4 + 3) { text in
            for group in 0..<groups {
                let bits =
                    UInt32(source[group * 3]) << 16 | UInt32(source[group * 3 + 1]) << 8
                    | UInt32(source[group * 3 + 2])
                text.append(letters[Int(bits >> 18)])
                text.append(letters[Int(bits >> 12 & 63)])
                text.append(letters[Int(bits >> 6 & 63)])
                text.append(letters[Int(bits & 63)])
            }
        }
        let at = groups * 3
        guard at < source.count else { return }
        text.append(letters[Int(source[at] >> 2)])
        guard at + 1 < source.count else { return text.append(letters[Int(source[at] & 3) << 4]) }
        text.append(letters[Int(source[at] & 3) << 4 | Int(source[at + 1] >> 4)])
        text.append(letters[Int(source[at + 1] & 15) << 2])
    }

    /// The bytes behind a text; nil if it is not their canonical encoding.
    public static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? { decode(text.span) }

    /// The bytes behind a text; nil if it is not their canonical encoding.
    public static func decode(_ text: String) -> [UInt8]? { decode(text.utf8.span) }

    private static func decode(_ text: Span<UInt8>) -> [UInt8]? {
        guard text.count % 4 != 1 else { return nil }
        let values = values
        var bytes: [UInt8] = []
        // Values are at most 63: the two bits above stay zero unless a foreign byte was among them.
        var foreign: UInt8 = 0
        let groups = text.count / 4
        bytes.append(addingCapacity: groups * 3 + 2) { bytes in
            for group in 0..<groups {
                let first = values[Int(text[group * 4])]
                let second = values[Int(text[group * 4 + 1])]
                let third = values[Int(text[group * 4 + 2])]
                let fourth = values[Int(text[group * 4 + 3])]
                foreign |= first | second | third | fourth
                bytes.append(first << 2 | second >> 4)
                bytes.append(second << 4 | third >> 2)
                bytes.append(third << 6 | fourth & 63)
            }
        }
        var bits: UInt32 = 0
        for at in groups * 4..<text.count {
            let value = values[Int(text[at])]
            foreign |= value
            bits = bits << 6 | UInt32(value & 63)
        }
        guard foreign < 64, appendRest(bits, letters: text.count % 4, to: &bytes) else {
            return nil
        }
        return bytes
    }

    /// RFC 4648 §3.5: the bits of the last letter that belong to no byte must be zero.
    private static func appendRest(_ bits: UInt32, letters: Int, to bytes: inout [UInt8]) -> Bool {
        switch letters {
        case 2:
            bytes.append(UInt8(truncatingIfNeeded: bits >> 4))
            return bits & 0xF == 0
        case 3:
            bytes.append(UInt8(truncatingIfNeeded: bits >> 10))
            bytes.append(UInt8(truncatingIfNeeded: bits >> 2))
            return bits & 3 == 0
        default:
            return true
        }
    }
}
