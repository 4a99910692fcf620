import OTPless
import Testing

struct Base64URLTests {
    // RFC 4648 §10, without the padding, and the two letters that differ from base64.
    static let vectors: [(String, [UInt8])] = [
        ("", []), ("Zg", Array("f".utf8)), ("Zm8", Array("fo".utf8)), ("Zm9v", Array("foo".utf8)),
        ("Zm9vYg", Array("foob".utf8)), ("Zm9vYmE", Array("fooba".utf8)),
        ("Zm9vYmFy", Array("foobar".utf8)), ("-_-_", [0xFB, 0xFF, 0xBF]), ("__8", [0xFF, 0xFF]),
    ]

    @Test(arguments: vectors)
    func `the vectors of the RFC hold both ways`(_ text: String, _ bytes: [UInt8]) {
        #expect(Base64URL.encode(bytes) == text)
        #expect(Base64URL.encode(bytes[...]) == text)
        #expect(Base64URL.decode(text) == bytes)
        #expect(Base64URL.decode(Array("x\(text)x".utf8)[1...].dropLast()) == bytes)
    }

    @Test func `every length comes back`() {
        for count in 0...130 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ count) }
            let text = Base64URL.encode(bytes)
            #expect(text.utf8.count == (count * 4 + 2) / 3)
            #expect(Base64URL.decode(text) == bytes)
        }
    }

    @Test func `appending keeps what is there`() {
        var text = Array("a.".utf8)
        Base64URL.append(encoded: "foo".utf8, to: &text)
        #expect(text == Array("a.Zm9v".utf8))
    }

    @Test(arguments: [
        "Z", "Zm9vY", "Zg=", "Zg==", "Zm8=", "====", "Zm9v\n", " Zm9v", "Zm 9v", "Zm+v", "Zm/v",
        "Zm9.", "Zé8", "Z\u{1}8", "Zm9v=Zg", "Ｚｇ",
    ])
    func `padding, whitespace and foreign characters are refused`(_ text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test(arguments: ["Zh", "Zo", "Zv", "Zm9", "Zm-", "_w9"])
    func `a second way to write the same bytes is refused`(_ text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test func `every accepted text is the one that encoding gives`() {
        for first in UInt8.min...UInt8.max {
            for second in UInt8.min...UInt8.max {
                for text in [
                    [first, second], [0x41, first, second], [0x41, first, 0x41, second],
                ] {
                    guard let bytes = Base64URL.decode(text[...]) else { continue }
                    var again: [UInt8] = []
                    Base64URL.append(encoded: bytes, to: &again)
                    #expect(again == text)
                }
            }
        }
    }
}
