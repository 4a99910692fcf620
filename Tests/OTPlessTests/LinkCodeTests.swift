import OTPless
import Testing

/// Codes as people send them.
struct LinkCodeTests {
    /// A text, and the codes that it may hold, as they are written.
    private static let texts: [(String, Set<String>)] = [
        ("K7PQ-2MXD", ["K7PQ-2MXD"]), ("k7pq2mxd", ["K7PQ-2MXD"]), ("K7PQ 2MXD", ["K7PQ-2MXD"]),
        ("K7PQ – 2MXD", ["K7PQ-2MXD"]), ("K7PQ\u{A0}\u{2011}2MXD", ["K7PQ-2MXD"]),
        ("Sign me in to Acme: K7PQ-2MXD. Thanks.", ["K7PQ-2MXD"]),
        ("(K7PQ-2MXD)", ["K7PQ-2MXD"]), ("*K7PQ-2MXD*", ["K7PQ-2MXD"]),
        // O reads as 0, I and L as 1.
        ("ooil-OOIL", ["0011-0011"]),
        ("K7PQ-2MXD K7PQ-2MXD", ["K7PQ-2MXD", "2MXD-K7PQ"]),
        // Overlaps.
        ("AAAA BBBB CCCC", ["AAAA-BBBB", "BBBB-CCCC"]),
        // Touching another letter or digit.
        ("XK7PQ-2MXD", []), ("K7PQ-2MXDE", []), ("K7PQ-2MXD9", []), ("éK7PQ-2MXD", []),
        ("K7PQ-2MXDé", []), ("K7PQ-2MXD٣", []), ("K7PQ2MXDAAAA", []),
        // U is no letter of the alphabet, and what stands between must be spaces or dashes.
        ("U7PQ-2MXD", []), ("K7PQ.2MXD", []), ("K7PQ\n2MXD", []), ("K7PQ_2MXD", []),
        ("K7PQ-2MX", []), ("K7P-2MXD", []), ("", []), ("Ｋ７ＰＱ-２ＭＸＤ", []),
    ]

    @Test(arguments: texts)
    func `codes are found in texts`(_ text: String, _ expected: Set<String>) {
        #expect(Set(LinkCode.candidates(in: text).codes.map(\.text)) == expected)
    }

    @Test(arguments: [
        ("K7PQ-2MXD", true), ("k7pq-2mxd", true), ("K7PQ 2MXD", false), ("K7PQ2MXD", false),
        ("K7PQ--2MXD", false), ("K7PQ - 2MXD", false), ("come over that", false),
    ])
    func `only what is written as a code is a guess`(_ text: String, _ isGuess: Bool) {
        #expect(LinkCode.candidates(in: text).isWrittenAsCode == isGuess)
    }

    @Test func `a code is 40 random bits, written in Crockford's alphabet`() {
        let codes = (0..<2000).map { _ in LinkCode.make(.system) }
        #expect(Set(codes).count == 2000)
        for code in codes {
            #expect(LinkCode.candidates(in: code.text).codes == [code])
            #expect(code.text.count == 9 && "\(code)" == "code")
        }
        let places = (0..<9).map { place in Set(codes.map { Array($0.text)[place] }) }
        #expect(places.map(\.count) == [32, 32, 32, 32, 1, 32, 32, 32, 32])
        #expect(LinkCode.make(Entropy { _ in [0xFF, 0xFF, 0xFF, 0xFF, 0xFF] }).text == "ZZZZ-ZZZZ")
    }

    @Test func `the longest text a person can send is read in no time`() {
        let words = String(repeating: "AAAA ", count: 2000)
        #expect(LinkCode.candidates(in: words).codes.count == 1)
        let clock = ContinuousClock()
        #expect(clock.measure { _ = LinkCode.candidates(in: words) } < .seconds(1))
    }
}

/// Numbers as people type them.
struct MatchNumberTests {
    @Test(arguments: [
        ("47", 47), (" 47\n", 47), ("10", 10), ("99", 99), ("00", 0), ("07", 7), ("٤٧", 47),
        ("४७", 47), ("4٧", 47),
    ])
    func `exactly two digits are a number`(_ text: String, _ value: Int) {
        #expect(MatchNumber(typed: text)?.value == value)
    }

    @Test(arguments: [
        "", "4", "470", "4 7", "47.", "+47", "-7", "4a", "½½", "四七", "Ⅳ7", "²³", "47 ok",
        "\u{200E}47x",
    ])
    func `anything else is none`(_ text: String) {
        #expect(MatchNumber(typed: text) == nil)
    }

    @Test func `a number is one of those that are free`() {
        let all = (10...99).compactMap { MatchNumber(typed: "\($0)") }
        for _ in 0..<200 {
            let number = MatchNumber.make(besides: [], .system)
            #expect(number.map { all.contains($0) } == true)
        }
        for free in [all[0], all[44], all[89]] {
            #expect(MatchNumber.make(besides: Set(all).subtracting([free]), .system) == free)
        }
        #expect(MatchNumber.make(besides: Set(all), .system) == nil)
    }
}
