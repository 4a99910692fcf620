import Oracles
import Testing
import Wire

/// The parser tells whether what it refused was a HEAD, in whatever pieces it came.
struct RefusedHeadTests {
    @Test(arguments: [
        ("HEAD / HTTP/1.1\r\n\r\n", true), ("\r\nHEAD / HTTP/1.1\r\nHost: a\r\n b\r\n", true),
        ("HEAD / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n!", true),
        ("HEAD / HTTP/2.0\r\n", true), ("HEADS / HTTP/1.1\r\n\r\n", false),
        ("GET / HTTP/1.1\r\n\r\n", false), ("HEA D / HTTP/1.1\r\n\r\n", false),
        ("\u{1}HEAD", false),
    ])
    func `whole and split at every index`(text: String, isHead: Bool) {
        let outcome = everyWay(text)
        #expect(outcome.refusal != nil && outcome.isRefusedHead == isHead)
    }
}
