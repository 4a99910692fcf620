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
        text.reserveCapacity(text.count + source.count / 3 * 4 + 3)
        var at = 0
        while at + 2 < source.count {
            let group =
                UInt32(source[at]) << 16 | UInt32(source[at + 1]) << 8
                | UInt32(source[at + 2])
            text.append(letters[Int(group >> 18)])
            text.append(letters[Int(group >> 12 & 63)])
            text.append(letters[Int(group >> 6 & 63)])
            text.append(letters[Int(group & 63)])
            at += 3
        }
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
        bytes.reserveCapacity(text.count / 4 * 3 + 2)
        var bits: UInt32 = 0
        // Letters are at most 63: the two bits above stay zero unless a foreign byte was among them.
        var foreign: UInt8 = 0
        for at in text.indices {
            let value = values[Int(text[at])]
            foreign |= value
            bits = bits << 6 | UInt32(value & 63)
            if at & 3 == 3 {
                bytes.append(UInt8(truncatingIfNeeded: bits >> 16))
                bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
                bytes.append(UInt8(truncatingIfNeeded: bits))
            }
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
