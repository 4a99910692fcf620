import Oracles
import TestSupport
import Testing
import Wire

private let host = "Host: login.example\r\n"

/// Whole heads, and the rule they break.
private let brokenHeads: [(String, Refusal.Reason)] = [
    ("GET / HTTP/1.1\r\n\r\n", .missingHost),
    ("GET / HTTP/1.1\r\n\(host)\(host)\r\n", .repeatedHost),
    ("GET / HTTP/1.1\r\n\(host)Host: other.example\r\n\r\n", .repeatedHost),
    ("GET / HTTP/1.0\r\n\(host)\(host)\r\n", .repeatedHost),
    ("GET / HTTP/1.1\r\nHost: \r\n\r\n", .badHost),
    ("GET / HTTP/1.1\r\nHost: user@a\r\n\r\n", .badHost),
    ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", .badHost),
    ("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", .badHost),
    ("GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", .badHost),
    ("GET / HTTP/1.1\r\nHost: :80\r\n\r\n", .badHost),
    ("GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", .badHost),
    ("GET / HTTP/1.1\r\nHost: [::1]x\r\n\r\n", .badHost),
    ("GET / HTTP/1.0\r\nHost: a b\r\n\r\n", .badHost),
    ("GET http://other.example/ HTTP/1.1\r\n\(host)\r\n", .badHost),
    ("GET http://u@login.example/ HTTP/1.1\r\n\(host)\r\n", .badTarget),
    ("GET http:///x HTTP/1.1\r\n\(host)\r\n", .badTarget),
    ("GET ftp://login.example/ HTTP/1.1\r\n\(host)\r\n", .badTarget),
    ("GET * HTTP/1.1\r\n\(host)\r\n", .badTarget),
    ("OPTIONS *x HTTP/1.1\r\n\(host)\r\n", .badTarget),
    ("GET login.example:80 HTTP/1.1\r\n\(host)\r\n", .badTarget),
    ("GET ?x HTTP/1.1\r\n\(host)\r\n", .badTarget),
    ("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", .connectNotSupported),
    ("GET / HTTP/1.1\r\n\(host)Expect: 200-ok\r\n\r\n", .unknownExpectation),
    ("GET / HTTP/1.1\r\n\(host)Expect:\r\n\r\n", .unknownExpectation),
    ("POST / HTTP/1.1\r\n\(host)Content-Type: a\r\nContent-Type: b\r\n\r\n", .repeatedField),
    ("GET / HTTP/1.1\r\n\(host)Authorization: a\r\nauthorization: a\r\n\r\n", .repeatedField),
]

/// Input whose last character must not come.
private let badBytes: [(String, Refusal.Reason)] = [
    ("GET / HTTP/1.1\n", .badLineEnd), ("GET / HTTP/1.1\rH", .badLineEnd), ("\n", .badLineEnd),
    ("\rG", .badLineEnd), ("GET\n", .badLineEnd), ("GET /\n", .badLineEnd),
    (" ", .badMethod), ("GET\t", .badMethod), ("G\0", .badMethod), ("GE\u{E9}", .badMethod),
    ("{", .badMethod), ("GET\r", .badMethod),
    ("GET  ", .badTarget), ("GET /\r", .badTarget), ("GET /\t", .badTarget),
    ("GET /\0", .badTarget), ("GET /\u{7F}", .badTarget), ("GET /a#", .badTarget),
    ("GET /a\\", .badTarget), ("GET /caf\u{E9}", .badTarget),
    ("GET / h", .badVersion), ("GET /a b", .badVersion), ("GET / HTTP/ ", .badVersion),
    ("GET /  ", .badVersion), ("GET / HTTP/1\r", .badVersion), ("GET / HTTP/01", .badVersion),
    ("GET / HTTP/1.10", .badVersion), ("GET / HTTP/1.1 ", .badVersion),
    ("GET / HTTP/2.0\r", .versionNotSupported), ("GET / HTTP/0.9\r", .versionNotSupported),
    ("PRI * HTTP/2.0\r", .versionNotSupported),
    ("GET / HTTP/1.1\r\n ", .foldedField), ("GET / HTTP/1.1\r\n\(host)\t", .foldedField),
    ("GET / HTTP/1.1\r\nHost ", .spaceBeforeColon),
    ("GET / HTTP/1.1\r\nHost\t", .spaceBeforeColon),
    ("GET / HTTP/1.1\r\n:", .badFieldName), ("GET / HTTP/1.1\r\nA[", .badFieldName),
    ("GET / HTTP/1.1\r\nHost\r", .badFieldName), ("GET / HTTP/1.1\r\nA\0", .badFieldName),
    ("GET / HTTP/1.1\r\nA\u{E9}", .badFieldName), ("GET / HTTP/1.1\r\n\n", .badLineEnd),
    ("GET / HTTP/1.1\r\nA: b\n", .badLineEnd), ("GET / HTTP/1.1\r\nA: b\rc", .badLineEnd),
    ("GET / HTTP/1.1\r\nA: b\r\r", .badLineEnd), ("GET / HTTP/1.1\r\nA\n", .badLineEnd),
    ("GET / HTTP/1.1\r\nA:\n", .badLineEnd), ("GET / HTTP/1.1\r\n\(host)\rG", .badLineEnd),
    ("GET / HTTP/1.1\r\nA: \0", .badFieldValue), ("GET / HTTP/1.1\r\nA: \u{B}", .badFieldValue),
    ("GET / HTTP/1.1\r\nA: b\u{7F}", .badFieldValue),
]

struct RequestParserTests {
    // MARK: What is accepted

    @Test func `a request without a body comes at once`() {
        let outcome = everyWay("GET /a?b=c HTTP/1.1\r\n\(host)X-Empty:\r\nX-Pad: \t v w\t \r\n\r\n")
        #expect(outcome.refusal == nil && outcome.heads == 0 && outcome.isIdle)
        #expect(outcome.requests.map(\.line) == ["GET /a?b=c 1"])
        #expect(
            outcome.requests.first?.fields == ["Host: login.example", "X-Empty: ", "X-Pad: v w"])
        #expect(outcome.body?.isEmpty == true)
        #expect(outcome.requests.map(\.keepAlive) == [true])
        #expect(outcome.requests.map(\.expectsContinue) == [false])
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\nHost: [2001:db8::1]:8443\r\n\r\n",
        "GET / HTTP/1.1\r\nhOST:a-b.c_d~e:80\r\n\r\n",
        "GET http://LOGIN.example/x HTTP/1.1\r\n\(host)\r\n",
        "GET HTTPS://login.example?x HTTP/1.1\r\n\(host)\r\n",
        "OPTIONS * HTTP/1.1\r\n\(host)\r\n",
        "PROPFIND / HTTP/1.1\r\n\(host)\r\n",
        "GET / HTTP/1.2\r\n\(host)\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "\r\n\r\nGET / HTTP/1.1\r\n\(host)\r\n",
        "GET / HTTP/1.1\r\n\(host)X-Text: caf\u{E9} \u{1F511}\r\n\r\n",
        "GET / HTTP/1.1\r\n\(host)Content_Length: 9\r\n\r\n",
        "POST / HTTP/1.1\r\n\(host)Content-Length: 0\r\n\r\n",
        "POST / HTTP/1.1\r\n\(host)\r\n",
        "GET //x/../%2e%00?%zz HTTP/1.1\r\n\(host)\r\n",
    ])
    func `an unusual but valid head is accepted`(text: String) {
        let outcome = everyWay(text)
        #expect(outcome.refusal == nil && outcome.requests.count == 1 && outcome.isIdle)
    }

    @Test func `a body of a known length comes after its head`() {
        let outcome = everyWay("POST / HTTP/1.1\r\n\(host)Content-Length:  5 \r\n\r\nhello")
        #expect(outcome.heads == 1 && outcome.body == "hello" && outcome.isIdle)
    }

    @Test func `pipelined requests come one by one`() {
        let post = "POST /1 HTTP/1.1\r\n\(host)Content-Length: 3\r\n\r\nabc"
        let chunked =
            "POST /2 HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\n\r\n"
        let get = "GET /3 HTTP/1.1\r\n\(host)\r\n"
        let outcome = everyWay(post + chunked + "\r\n" + get + post)
        let lines = outcome.requests.map(\.line)
        #expect(lines == ["POST /1 1", "POST /2 1", "GET /3 1", "POST /1 1"])
        #expect(outcome.requests.map(\.body) == ["abc", "de", "", "abc"])
        #expect(outcome.refusal == nil && outcome.isIdle)
    }

    @Test func `bytes behind a request are left for whoever comes next`() {
        let head = Array("GET /ws HTTP/1.1\r\n\(host)Connection: Upgrade\r\n\r\n".utf8)
        for cut in head.indices {
            let start = Array(head[..<cut])
            var parser = RequestParser()
            var offset = 0
            guard case .needMore = parser.feed(start.span, from: &offset) else {
                Issue.record("a request at \(cut)")
                return
            }
            let rest = Array(head[cut...]) + [0x81, 0x00]
            offset = 0
            guard case .request = parser.feed(rest.span, from: &offset) else {
                Issue.record("no request, cut at \(cut)")
                return
            }
            #expect(offset == rest.count - 2)
        }
    }

    @Test(arguments: [
        ("1.1", "", true), ("1.1", "Connection: keep-alive\r\n", true),
        ("1.1", "Connection: close\r\n", false), ("1.1", "Connection: x, CLOSE ,y\r\n", false),
        ("1.1", "Connection: x\r\nConnection: close\r\n", false),
        ("1.1", "Connection: closed\r\n", true), ("1.2", "", true),
        ("1.0", "", false), ("1.0", "Connection: keep-alive\r\n", false),
    ])
    func `keep-alive follows version and Connection`(version: String, field: String, keeps: Bool) {
        let outcome = everyWay("GET / HTTP/\(version)\r\n\(host)\(field)\r\n")
        #expect(outcome.requests.map(\.keepAlive) == [keeps])
    }

    @Test func `100-continue is told in HTTP 1_1 and ignored in 1_0`() {
        let rest = "\r\n\(host)Expect: 100-Continue\r\nContent-Length: 1\r\n\r\nx"
        #expect(everyWay("POST / HTTP/1.1\(rest)").requests.map(\.expectsContinue) == [true])
        #expect(everyWay("POST / HTTP/1.0\(rest)").requests.map(\.expectsContinue) == [false])
    }

    // MARK: What is refused

    @Test(arguments: brokenHeads)
    func `a head that breaks a rule is refused`(text: String, reason: Refusal.Reason) {
        let outcome = everyWay(text)
        #expect(outcome.reason == reason && outcome.requests.isEmpty)
    }

    @Test(arguments: badBytes)
    func `a bad byte is refused as soon as it is seen`(text: String, reason: Refusal.Reason) {
        // The last scalar is the bad one; of a longer one its first byte.
        let last = text.unicodeScalars.last.map { String($0).utf8.count } ?? 0
        let bytes = Array(text.utf8.dropLast(last - 1))
        #expect(everyWay(Array(bytes.dropLast())).refusal == nil)
        #expect(everyWay(bytes).reason == reason)
    }

    @Test func `an obs-fold is refused with 400`() {
        #expect(everyWay("GET / HTTP/1.1\r\n\(host)X: a\r\n b\r\n\r\n").refusal?.status == 400)
    }

    // MARK: Attacks on the framing

    @Test(arguments: ["5\r\nContent-Length: 5", "5\r\nContent-Length: 6"])
    func `two Content-Lengths are refused`(lengths: String) {
        let outcome = everyWay("POST / HTTP/1.1\r\n\(host)Content-Length: \(lengths)\r\n\r\nhello")
        #expect(outcome.reason == .repeatedContentLength)
    }

    @Test(arguments: [
        "", "abc", "+5", "-5", "-0", "5, 5", "5,6", "0x5", "0o5", "1_0", "1 0", "5;a", "005", "00",
        "5.0", "\"5\"", "99999999999999999999", "9999999999999999999", "\u{661}",
    ])
    func `a Content-Length that is not a plain number is refused`(length: String) {
        let outcome = everyWay("POST / HTTP/1.1\r\n\(host)Content-Length: \(length)\r\n\r\nhello")
        #expect(outcome.reason == .badContentLength && outcome.heads == 0)
    }

    @Test(arguments: ["chunked", "gzip", "xchunked", "chunked, chunked", ""])
    func `Content-Length beside Transfer-Encoding is refused`(coding: String) {
        let length = "Content-Length: 5\r\n"
        let encoding = "Transfer-Encoding: \(coding)\r\n"
        for fields in [length + encoding, encoding + length] {
            let outcome = everyWay("POST / HTTP/1.1\r\n\(host)\(fields)\r\n0\r\n\r\n")
            #expect(outcome.reason == .lengthAndTransferEncoding && outcome.heads == 0)
        }
    }

    @Test(arguments: [
        ("", 400), (",", 400), (", chunked", 400), ("chunked,", 400), ("chunked, chunked", 400),
        ("chunked, gzip", 400), ("chunked;a=b", 400), ("chun ked", 400), ("\"chunked\"", 400),
        ("gzip, chunked", 501), ("gzip", 501), ("xchunked", 501), ("identity", 501),
    ])
    func `a Transfer-Encoding other than chunked is refused`(coding: String, status: Int) {
        let head = "POST / HTTP/1.1\r\n\(host)Transfer-Encoding: \(coding)\r\n\r\n"
        let outcome = everyWay(head)
        #expect(outcome.refusal?.status == status && outcome.heads == 0)
    }

    @Test func `two Transfer-Encoding lines are refused`() {
        let line = "Transfer-Encoding: chunked\r\n"
        let outcome = everyWay("POST / HTTP/1.1\r\n\(host)\(line)\(line)\r\n0\r\n\r\n")
        #expect(outcome.reason == .badTransferEncoding)
    }

    @Test func `Transfer-Encoding in HTTP 1_0 is refused`() {
        let outcome = everyWay("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
        #expect(outcome.reason == .badTransferEncoding)
    }

    // MARK: Limits

    @Test func `a request line may be as long as its limit and no longer`() {
        let limits = HTTPLimits(maxRequestLine: 40)
        let path = String(repeating: "a", count: 40 - "GET / HTTP/1.1\r\n".utf8.count)
        let rest = " HTTP/1.1\r\n\(host)\r\n"
        #expect(everyWay("GET /\(path)\(rest)", limits: limits).refusal == nil)
        let outcome = everyWay("GET /\(path)a\(rest)", limits: limits)
        #expect(outcome.reason == .requestLineTooLong && outcome.refusal?.status == 414)
    }

    @Test func `a head may be as long as its limit and no longer`() {
        let text = "GET / HTTP/1.1\r\n\(host)X: a\r\n\r\n"
        let size = UInt32(text.utf8.count)
        #expect(everyWay(text, limits: HTTPLimits(maxHead: size)).refusal == nil)
        for limit in [size - 1, size / 2, 20, 3] {
            let outcome = everyWay(text, limits: HTTPLimits(maxHead: limit))
            #expect(outcome.reason == .headTooLarge && outcome.refusal?.status == 431)
        }
    }

    @Test func `the limits of the gateway are those of the RFCs or above`() {
        let line = "GET /\(String(repeating: "a", count: 7985)) HTTP/1.1"
        #expect(line.utf8.count == 7999)
        let bytes = Array("\(line)\r\n\(host)\r\n".utf8)
        #expect(everyWay(bytes).refusal == nil)
        let endless = Array(repeating: UInt8(ascii: "a"), count: 100_000)
        let large = Array("GET / HTTP/1.1\r\nX: ".utf8) + endless
        #expect(everyWay(large).consumed <= 16_384)
        #expect(everyWay(large).refusal?.status == 431)
        #expect(everyWay(Array("GET /".utf8) + endless).refusal?.status == 414)
        #expect(everyWay(endless).refusal?.status == 400)
    }

    @Test func `a hundred fields are read and one more is not`() {
        let fields = String(repeating: "X: a\r\n", count: 99)
        let head = "GET / HTTP/1.1\r\n\(host)"
        #expect(everyWay("\(head)\(fields)\r\n").refusal == nil)
        let bytes = Array("\(head)\(fields)Y: b\r\n\r\n".utf8)
        #expect(everyWay(bytes).reason == .tooManyFields)
    }

    @Test func `endless empty lines are refused`() {
        #expect(everyWay("\r\n\r\n").isIdle)
        #expect(everyWay("\r\n\r\n\r\n").reason == .tooManyEmptyLines)
    }

    @Test func `a method of more than 64 bytes is refused`() {
        let method = String(repeating: "M", count: 64)
        #expect(everyWay("\(method) / HTTP/1.1\r\n\(host)\r\n").refusal == nil)
        #expect(everyWay("\(method)M").reason == .badMethod)
    }

    @Test func `a body over the limit of its route is refused with its first byte`() {
        let head = "POST / HTTP/1.1\r\n\(host)Content-Length: 5\r\n\r\n"
        #expect(everyWay(head + "hello", bodyLimit: 5).body == "hello")
        #expect(everyWay(head, bodyLimit: 4).refusal == nil)
        let outcome = everyWay(head + "h", bodyLimit: 4)
        #expect(outcome.reason == .bodyTooLarge && outcome.refusal?.status == 413)
        let huge = "POST / HTTP/1.1\r\n\(host)Content-Length: 999999999999999999\r\n\r\n"
        #expect(everyWay(huge + "h").reason == .bodyTooLarge)
    }

    @Test func `a client that awaits 100 is told at once that its body is too large`() {
        let fields = "Expect: 100-continue\r\nContent-Length: 5\r\n"
        let head = "POST / HTTP/1.1\r\n\(host)\(fields)\r\n"
        #expect(everyWay(head, bodyLimit: 4).reason == .bodyTooLarge)
        #expect(everyWay(head, bodyLimit: 5).refusal == nil)
    }

    @Test func `the limit of one route does not hold for the next request`() {
        let bytes = Array("POST / HTTP/1.1\r\n\(host)Content-Length: 1\r\n\r\nx".utf8)
        for cuts in Cuts.all(of: bytes.count) {
            var parser = RequestParser(limits: HTTPLimits(maxBody: 10))
            var requests = 0
            for range in Cuts.ranges(of: bytes.count, cutAt: cuts) {
                let piece = bytes.span.extracting(range)
                var offset = 0
                reading: while true {
                    switch parser.feed(piece, from: &offset) {
                    case .head: parser.bodyLimit = 1_000_000
                    case .request: requests += 1
                    case .needMore, .refuse: break reading
                    }
                }
            }
            #expect(requests == 1 && parser.bodyLimit == 10)
        }
    }

    // MARK: The machine

    @Test func `a refusal is final`() {
        var parser = RequestParser()
        for text in ["\n", "GET / HTTP/1.1\r\n\(host)\r\n", ""] {
            var offset = 0
            guard case .refuse(let refusal) = parser.feed(Array(text.utf8).span, from: &offset)
            else {
                Issue.record("not refused")
                return
            }
            #expect(refusal.reason == .badLineEnd && !parser.isIdle)
        }
    }

    @Test func `a parser is idle until the first byte of a request`() {
        #expect(everyWay("").isIdle)
        #expect(everyWay("\r\n").isIdle)
        #expect(!everyWay("G").isIdle)
        #expect(!everyWay("POST / HTTP/1.1\r\n\(host)Content-Length: 1\r\n\r\n").isIdle)
        #expect(MemoryLayout<RequestParser>.size <= 288)
    }

    @Test func `every reason has a status that closes the connection`() {
        let statuses: Set = [400, 413, 414, 417, 431, 501, 505]
        #expect(Refusal.Reason.allCases.allSatisfy { statuses.contains($0.status) })
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `no mutation of a request traps, and no cut changes what it means`(seed: UInt64) {
        var random = SeededNumbers(seed)
        let seeds = [
            "GET /a?b=%41 HTTP/1.1\r\n\(host)Connection: close, x\r\n\r\n",
            "POST http://login.example/ HTTP/1.1\r\n\(host)Content-Length: 5\r\n\r\nhello",
            "PUT / HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\n\r\n"
                + "5;a=\"b\"\r\nhello\r\n0\r\nX: y\r\n\r\n",
        ].map { Array($0.utf8) }
        let telling = Array("\r\n\0 \t:;,=\"\\0fF-+%#\u{7F}".utf8)
        for _ in 0..<300 {
            var bytes = seeds.randomElement(using: &random) ?? []
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let index = bytes.indices.randomElement(using: &random) ?? 0
                let byte = telling.randomElement(using: &random) ?? 0
                switch Int.random(in: 0...3, using: &random) {
                case 0: bytes[index] = byte
                case 1: bytes.insert(byte, at: index)
                case 2: bytes.remove(at: index)
                default: bytes[index] = .random(in: 0 ... .max, using: &random)
                }
            }
            let whole = outcome(of: bytes, cutAt: [])
            let cuts = bytes.indices.filter { _ in Bool.random(using: &random) }
            #expect(outcome(of: bytes, cutAt: bytes.indices) == whole)
            #expect(outcome(of: bytes, cutAt: cuts) == whole)
        }
    }
}
