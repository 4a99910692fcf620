/// The escapes of RFC 8259 §7, for the reader that checks them and for whoever decodes them later.
enum JSONText {
    /// What `\` and this byte stand for; nil for `\u` and for what is no escape.
    static func unescaped(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): byte
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: nil
        }
    }

    /// The scalar that the `\u` escape at `start` stands for, and where the escape ends.
    ///
    /// Nil if digits are missing; without a scalar where half of a surrogate pair stands alone.
    static func scalar(_ text: Span<UInt8>, _ start: Int) -> (Unicode.Scalar?, end: Int)? {
        guard let first = unit(text, start) else { return nil }
        guard 0xD800...0xDBFF ~= first, let second = unit(text, start + 6),
            0xDC00...0xDFFF ~= second
        else { return (Unicode.Scalar(first), start + 6) }
        return (
            Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)), start + 12
        )
    }

    /// The code unit of one `\uXXXX`.
    private static func unit(_ text: Span<UInt8>, _ start: Int) -> UInt32? {
        guard start + 6 <= text.count, text[start] == UInt8(ascii: "\\"),
            text[start + 1] == UInt8(ascii: "u")
        else { return nil }
        var unit: UInt32 = 0
        for at in start + 2..<start + 6 {
            guard let digit = hexDigit(text[at]) else { return nil }
            unit = unit << 4 | UInt32(digit)
        }
        return unit
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// The UTF-8 behind the content of a string that the reader has accepted.
    static func unescape(_ raw: ArraySlice<UInt8>) -> [UInt8] {
        let text = raw.span
        var plain: [UInt8] = []
        plain.reserveCapacity(text.count)
        var at = 0
        while at < text.count {
            guard text[at] == UInt8(ascii: "\\"), at + 1 < text.count else {
                plain.append(text[at])
                at += 1
                continue
            }
            if let byte = unescaped(text[at + 1]) {
                plain.append(byte)
                at += 2
            } else if let (scalar, end) = scalar(text, at) {
                // Without one it is a half that the reader was told to let pass.
                plain.append(contentsOf: (scalar ?? "\u{FFFD}").utf8)
                at = end
            } else {
                return plain
            }
        }
        return plain
    }
}
