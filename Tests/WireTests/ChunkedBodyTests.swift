import Oracles
import Testing
import Wire

private let head =
    "POST / HTTP/1.1\r\nHost: login.example\r\nTransfer-Encoding: Chunked\r\n\r\n"

/// Bodies whose last character must not come.
private let badBytes: [(String, Refusal.Reason)] = [
    ("\r", .badChunk), ("g", .badChunk), (" ", .badChunk), ("-", .badChunk), ("+", .badChunk),
    ("0x", .badChunk), ("1_", .badChunk), ("5 ", .badChunk), ("5\t", .badChunk),
    ("00000000000000005", .badChunk), ("FFFFFFFFFFFFFFFF0", .badChunk),
    ("5\n", .badLineEnd), ("5\rh", .badLineEnd), ("\n", .badChunk),
    ("5;\r", .badChunk), ("5;\n", .badLineEnd), ("5;;", .badChunk), ("5; ", .badChunk),
    ("5;a[", .badChunk), ("5;\0", .badChunk), ("5;a\rX", .badLineEnd), ("5;a\n", .badLineEnd),
    ("5;a=\r", .badChunk), ("5;a=b ", .badChunk), ("5;a=\"b\"c", .badChunk),
    ("5;a=\"\r", .badChunk), ("5;a=\"\\\0", .badChunk),
    ("5\r\nhello0", .badChunk), ("5\r\nhello!", .badChunk), ("5\r\nhello\n", .badChunk),
    ("5\r\nhello\r0", .badChunk), ("0\r\n\n", .badLineEnd), ("0\r\n\rX", .badLineEnd),
    ("0\r\n ", .foldedField), ("0\r\nX ", .spaceBeforeColon), ("0\r\nX: \0", .badFieldValue),
    ("0\r\nX: a\n", .badLineEnd), ("0\r\n:", .badFieldName),
]

struct ChunkedBodyTests {
    @Test(arguments: [
        ("0\r\n\r\n", ""),
        ("5\r\nhello\r\n0\r\n\r\n", "hello"),
        ("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "hello world"),
        ("a\r\nhelloworld\r\n00\r\n\r\n", "helloworld"),
        ("A\r\nhello\r\nabc\r\n0\r\n\r\n", "hello\r\nabc"),
        ("0000000000000005\r\nhello\r\n0000000000000000\r\n\r\n", "hello"),
        ("5;a;b=c;d=\"e \\\" f\"\r\nhello\r\n0;z\r\n\r\n", "hello"),
        ("5\r\nhello\r\n0\r\nX-Sum: abc\r\nY:\r\n\r\n", "hello"),
    ])
    func `a chunked body is put together`(text: String, body: String) {
        let outcome = everyWay(head + text)
        #expect(outcome.refusal == nil && outcome.heads == 1)
        #expect(outcome.body == body && outcome.isIdle)
    }

    @Test func `a body without its last chunk is not a request`() {
        let outcome = everyWay(head + "5\r\nhello\r\n")
        #expect(outcome.refusal == nil && outcome.requests.isEmpty && !outcome.isIdle)
    }

    @Test(arguments: badBytes)
    func `a bad byte in the framing is refused as soon as it is seen`(
        text: String, reason: Refusal.Reason
    ) {
        let bytes = Array((head + text).utf8)
        #expect(everyWay(Array(bytes.dropLast())).refusal == nil)
        let outcome = everyWay(bytes)
        #expect(outcome.reason == reason && outcome.refusal?.status == 400)
    }

    @Test(arguments: [
        "Content-Length: 50", "transfer-encoding: chunked", "Host: evil.example",
        "Authorization: Bearer evil", "Content-Type: text/evil", "Connection: close", "Expect: x",
    ])
    func `a trailer cannot frame, route or authorise`(field: String) {
        #expect(everyWay(head + "0\r\n\(field)\r\n\r\n").reason == .forbiddenTrailer)
    }

    @Test func `a chunk over the limit is refused before it is taken`() {
        let text = head + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
        #expect(everyWay(text, bodyLimit: 5).body == "abcde")
        #expect(everyWay(text, bodyLimit: 4).refusal?.status == 413)
        #expect(everyWay(head + "3\r\nabc\r\n2\r\n", bodyLimit: 4).reason == .bodyTooLarge)
        #expect(everyWay(head + "FFFFFFFFFFFFFFFF\r\n").reason == .bodyTooLarge)
        #expect(everyWay(head + "1\r\n", bodyLimit: 0).reason == .bodyTooLarge)
        #expect(everyWay(head + "0\r\n\r\n", bodyLimit: 0).body?.isEmpty == true)
    }

    @Test func `a chunk line has a limit`() {
        let limits = HTTPLimits(maxChunkLine: 8)
        #expect(everyWay(head + "1;abcdef\r\nx\r\n0\r\n\r\n", limits: limits).body == "x")
        #expect(everyWay(head + "1;abcdefg", limits: limits).reason == .chunkLineTooLong)
        #expect(everyWay(head + "1;a=\"   ", limits: limits).refusal == nil)
        #expect(everyWay(head + "1;a=\"    ", limits: limits).reason == .chunkLineTooLong)
    }

    @Test func `extensions cannot outweigh the body without end`() {
        let limits = HTTPLimits(maxChunkExtensions: 6)
        let chunk = "1;ab\r\nx\r\n"
        #expect(everyWay(head + chunk + chunk + "0\r\n\r\n", limits: limits).body == "xx")
        #expect(everyWay(head + chunk + chunk + chunk, limits: limits).reason == .chunkLineTooLong)
    }

    @Test func `a trailer has a limit`() {
        let text = head + "0\r\nX: abc\r\n\r\n"
        #expect(everyWay(text, limits: HTTPLimits(maxTrailer: 10)).refusal == nil)
        let outcome = everyWay(text, limits: HTTPLimits(maxTrailer: 9))
        #expect(outcome.reason == .trailerTooLarge && outcome.refusal?.status == 431)
    }
}
