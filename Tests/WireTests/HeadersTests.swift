import Oracles
import Testing
import Wire

struct HeadersTests {
    private let headers = Headers([
        ("Host", "a"), ("Connection", "keep-alive ,\tUpgrade"), ("X-Empty", ""), ("x-a", "1"),
        ("connection", ", ,HTTP2-Settings"), ("X-A", "2"),
    ])

    @Test func `names are found in any case and the first value wins`() {
        #expect(headers["host"] == "a" && headers["HOST"] == "a")
        #expect(headers["X-a"] == "1" && headers.count(of: "X-A") == 2)
        #expect(headers["x-empty"]?.isEmpty == true && headers["x"] == nil && headers[""] == nil)
        #expect(headers.count == 6 && headers.count(of: "none") == 0)
    }

    @Test func `only letters are compared without case`() {
        // `@` and a backtick, `[` and `{`, differ by the same bit as `A` and `a`.
        #expect(Headers([("a^b", "1")])["A~B"] == nil)
        #expect(Headers([("[", "1")])["{"] == nil)
    }

    @Test func `bytes are those that were sent`() {
        let value = headers.bytes(of: "connection").map(Array.init)
        #expect(value == Array("keep-alive ,\tUpgrade".utf8))
        #expect(headers.bytes(of: "authorization") == nil)
    }

    @Test(arguments: [
        ("upgrade", true), ("KEEP-ALIVE", true), ("http2-settings", true), ("http2", false),
        ("keep-alive ", false), ("", false), ("keep", false),
    ])
    func `a token is found in the lists of all lines`(token: String, isFound: Bool) {
        #expect(headers.contains(token: token, in: "Connection") == isFound)
        #expect(!headers.contains(token: token, in: "Upgrade"))
    }

    @Test func `iteration keeps the order`() {
        let names = headers.map(\.name)
        #expect(names == ["Host", "Connection", "X-Empty", "x-a", "connection", "X-A"])
        #expect(headers.map(\.value).last == "2")
        #expect(Headers().map(\.name).isEmpty)
    }

    @Test func `a value that is not UTF-8 is repaired as text and kept as bytes`() throws {
        let head = "GET / HTTP/1.1\r\nHost: a\r\nX: \u{E9}".utf8.dropLast()
        let bytes = Array(head) + Array("\r\n\r\n".utf8)
        let request = try #require(everyWay(bytes).requests.first).request
        #expect(request.headers["x"] == "\u{FFFD}")
        #expect(request.headers.bytes(of: "x").map(Array.init) == [0xC3])
    }
}
