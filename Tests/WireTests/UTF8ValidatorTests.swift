import TestSupport
import Testing
import Wire

@Suite struct UTF8ValidatorTests {
    @Test(arguments: [
        "", "Hello-µ@ßöäüàá-UTF-8!!", "κόσμε", "\u{0}", "\u{7F}\u{80}", "\u{7FF}\u{800}",
        "\u{FFFF}\u{10000}", "\u{D7FF}\u{E000}", "\u{FFFD}", "\u{10FFFF}", "\u{FEFF}x", "😀🇨🇴",
        "plain text of more than eight bytes, é, and plain text again",
    ])
    func `well-formed text is accepted however it is cut`(text: String) {
        for pieces in feedings(of: Array(text.utf8)) {
            var validator = UTF8Validator()
            for piece in pieces {
                let isAccepted = validator.accepts(piece)
                #expect(isAccepted)
            }
            #expect(validator.isComplete)
        }
    }

    /// The bytes, and how many of them a well-formed text may begin with.
    @Test(
        arguments: [
            ([0x80], 0), ([0xBF], 0), ([0x41, 0x80], 1),
            ([0xC0, 0xAF], 0), ([0xC1, 0xBF], 0), ([0xE0, 0x80, 0xAF], 1), ([0xE0, 0x9F, 0xBF], 1),
            ([0xF0, 0x80, 0x80, 0xAF], 1), ([0xF0, 0x8F, 0xBF, 0xBF], 1), ([0xF8, 0x80], 0),
            ([0xFC, 0x80], 0), ([0xFE], 0), ([0xFF], 0),
            ([0xED, 0xA0, 0x80], 1), ([0xED, 0xBF, 0xBF], 1),
            ([0xED, 0xAD, 0xBF, 0xED, 0xB0, 0x80], 1),
            ([0xF4, 0x90, 0x80, 0x80], 1), ([0xF5, 0x80, 0x80, 0x80], 0), ([0xF7, 0xBF], 0),
            ([0xC3, 0x28], 1), ([0xE2, 0x28, 0xA1], 1), ([0xE2, 0x82, 0x28], 2),
            ([0xF0, 0x9F, 0x98, 0x28], 3), ([0xC3, 0xC3], 1), ([0xE2, 0x82, 0xE2], 2),
            ([0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0xFF], 9),
            ([0xCE, 0xBA, 0xE1, 0xBD, 0xB9, 0xF4, 0x90, 0x80, 0x80, 0x65], 6),
        ] as [([UInt8], Int)])
    func `a wrong byte is refused when it comes, and for ever`(bytes: [UInt8], good: Int) {
        var validator = UTF8Validator()
        for (index, byte) in bytes.enumerated() {
            let isAccepted = validator.accepts([byte])
            #expect(isAccepted == (index < good))
        }
        #expect(!validator.isComplete)
        let isAcceptedLater = validator.accepts([0x41])
        #expect(!isAcceptedLater)
        for pieces in feedings(of: bytes) {
            var validator = UTF8Validator()
            var end = 0
            for piece in pieces {
                end += piece.count
                let isAccepted = validator.accepts(piece)
                #expect(isAccepted == (end <= good))
            }
        }
    }

    @Test(arguments: [[0xC3], [0xE2], [0xE2, 0x82], [0xF0], [0xF0, 0x9F], [0xF0, 0x9F, 0x98]])
    func `a text that ends inside a character is incomplete`(bytes: [UInt8]) {
        for pieces in feedings(of: Array("aé".utf8) + bytes) {
            var validator = UTF8Validator()
            let areAccepted = pieces.map { validator.accepts($0) }
            #expect(!areAccepted.contains(false) && !validator.isComplete)
        }
    }

    @Test func `a pair of bytes is accepted just when a well-formed text can start with it`() {
        // Behind any two bytes one of these completes the text, if anything does.
        let endings: [[UInt8]] =
            [[]]
            + [0x80, 0x90, 0xA0].flatMap { (byte: UInt8) in
                [[byte], [byte, 0x80], [byte, 0x80, 0x80]]
            }
        for first in UInt8.min...UInt8.max {
            for second in UInt8.min...UInt8.max {
                let isStart = endings.contains { ending in
                    String(validating: [first, second] + ending, as: UTF8.self) != nil
                }
                var validator = UTF8Validator()
                let isAccepted = validator.accepts([first, second])
                #expect(isAccepted == isStart, "\(first) \(second)")
            }
        }
    }

    @Test func `the standard library is of the same opinion about mutated texts`() {
        var random = SeededNumbers(0x5EED)
        let text = Array("aé€😀 plain text to step over \u{D7FF}\u{E000}\u{10FFFF}".utf8)
        for _ in 0..<20_000 {
            var bytes = text
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let index = bytes.indices.randomElement(using: &random) ?? 0
                bytes[index] = UInt8.random(in: 0...255, using: &random)
            }
            let cut = Int.random(in: 0...bytes.count, using: &random)
            var validator = UTF8Validator()
            let isFirst = validator.accepts(bytes[..<cut])
            let isSecond = validator.accepts(bytes[cut...])
            let isValid = String(validating: bytes, as: UTF8.self) != nil
            #expect((isFirst && isSecond && validator.isComplete) == isValid, "\(bytes) at \(cut)")
        }
    }
}

extension UTF8Validator {
    fileprivate mutating func accepts(_ bytes: some Collection<UInt8>) -> Bool {
        let bytes = Array(bytes)
        return accept(bytes.span)
    }
}
