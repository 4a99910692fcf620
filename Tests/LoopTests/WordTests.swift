import Loop
import Testing

struct WordTests {
    /// Each byte at each place, among bytes on both sides of every limit.
    @Test func `a word tells what a look at each byte tells`() {
        for byte in UInt8.min...UInt8.max {
            for place in 0..<8 {
                for other in [0x20, 0x41, 0x7E, 0x7F, 0x80, 0xFF] as [UInt8] {
                    var bytes = [UInt8](repeating: other, count: 8)
                    bytes[place] = byte
                    let word = bytes.span.word(at: 0)
                    let isRight =
                        word.hasControl == bytes.contains { $0 < 0x20 }
                        && word.hasHigh == bytes.contains { $0 > 0x7F }
                        && word.has(0x7F) == bytes.contains(0x7F) && word.has(byte)
                    if !isRight { Issue.record("\(bytes)") }
                }
            }
        }
    }

    @Test func `a word may begin anywhere`() {
        let bytes: [UInt8] = [0, 65, 65, 65, 65, 65, 65, 65, 65, 0x1F]
        #expect(bytes.span.word(at: 0).hasControl)
        #expect(!bytes.span.word(at: 1).hasControl)
        #expect(bytes.span.word(at: 2).hasControl)
    }
}
