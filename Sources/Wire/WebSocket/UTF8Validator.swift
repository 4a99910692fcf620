/// Checks UTF-8 as it comes, in pieces cut anywhere, and refuses at the first byte that no
/// well-formed text could have there.
///
/// Overlong forms, surrogates and values above U+10FFFF are refused by the second byte already.
///
/// Source: RFC 3629 section 4; RFC 6455 section 8.1.
package struct UTF8Validator: Sendable {
    /// Continuation bytes still to come.
    private var missing: UInt8 = 0
    /// The range of the next continuation byte.
    private var lowest: UInt8 = 0x80
    private var highest: UInt8 = 0xBF

    package init() {}

    /// Whether the text may end here: no character is begun and not ended.
    package var isComplete: Bool { missing == 0 }

    /// Takes the next bytes; false, from then on for ever, when no well-formed text has them.
    package mutating func accept(_ bytes: Span<UInt8>) -> Bool {
        var index = 0
        while index < bytes.count {
            if missing == 0 {
                index = endOfASCII(bytes, from: index)
                guard index < bytes.count else { return true }
            }
            guard take(bytes[index]) else {
                (missing, lowest, highest) = (1, 0xFF, 0x00)
                return false
            }
            index += 1
        }
        return true
    }

    /// Steps over the plain text that most payloads are, eight bytes at a time.
    private func endOfASCII(_ bytes: Span<UInt8>, from start: Int) -> Int {
        var index = start
        while index <= bytes.count - 8 {
            var seen: UInt8 = 0
            for next in index..<index + 8 { seen |= bytes[next] }
            guard seen < 0x80 else { break }
            index += 8
        }
        while index < bytes.count, bytes[index] < 0x80 { index += 1 }
        return index
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard missing > 0 else { return start(byte) }
        guard byte >= lowest, byte <= highest else { return false }
        missing -= 1
        (lowest, highest) = (0x80, 0xBF)
        return true
    }

    private mutating func start(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x00...0x7F: true
        case 0xC2...0xDF: expect(1)
        case 0xE0: expect(2, lowest: 0xA0)  // below: overlong
        case 0xED: expect(2, highest: 0x9F)  // above: surrogates
        case 0xE1...0xEF: expect(2)
        case 0xF0: expect(3, lowest: 0x90)  // below: overlong
        case 0xF1...0xF3: expect(3)
        case 0xF4: expect(3, highest: 0x8F)  // above: over U+10FFFF
        default: false
        }
    }

    private mutating func expect(
        _ count: UInt8, lowest: UInt8 = 0x80, highest: UInt8 = 0xBF
    ) -> Bool {
        (missing, self.lowest, self.highest) = (count, lowest, highest)
        return true
    }
}
