import TestSupport
import Testing

/// Requests that are not HTTP as it should be: each gets its envelope, and harms nobody.
@Suite(.blocking, .timeLimit(.minutes(5)))
struct MalformedRequestTests {
    /// What is sent, and what comes back before the connection ends.
    typealias Case = (name: String, bytes: String, status: Int, code: String)

    private static let host = "Host: x\r\n"

    private static let heads: [Case] = [
        ("no target", "GET\r\n\r\n", 400, "BAD_REQUEST"),
        ("no version", "GET /healthz\r\n\r\n", 400, "BAD_REQUEST"),
        ("not a method", "G@T /healthz HTTP/1.1\r\n\(host)\r\n", 400, "BAD_REQUEST"),
        ("two spaces", "GET  /healthz HTTP/1.1\r\n\(host)\r\n", 400, "BAD_REQUEST"),
        ("TLS", "\u{16}\u{03}\u{01}\u{02}\u{00}\u{01}\r\n\r\n", 400, "BAD_REQUEST"),
        ("bare LF", "GET /healthz HTTP/1.1\nHost: x\n\n", 400, "BAD_REQUEST"),
        ("bare LF in the fields", "GET / HTTP/1.1\r\nHost: x\nA: b\r\n\r\n", 400, "BAD_REQUEST"),
        ("no Host", "GET /healthz HTTP/1.1\r\n\r\n", 400, "BAD_REQUEST"),
        ("two Hosts", "GET /healthz HTTP/1.1\r\n\(host)\(host)\r\n", 400, "BAD_REQUEST"),
        ("folded", "GET / HTTP/1.1\r\n\(host)A: b\r\n c\r\n\r\n", 400, "BAD_REQUEST"),
        ("space before colon", "GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400, "BAD_REQUEST"),
        ("NUL", "GET / HTTP/1.1\r\n\(host)A: b\0c\r\n\r\n", 400, "BAD_REQUEST"),
        ("HTTP/2", "GET /healthz HTTP/2.0\r\n\(host)\r\n", 505, "HTTP_VERSION_NOT_SUPPORTED"),
        ("prior knowledge", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "HTTP_VERSION_NOT_SUPPORTED"),
        ("CONNECT", "CONNECT a:443 HTTP/1.1\r\n\(host)\r\n", 501, "NOT_IMPLEMENTED"),
        (
            "long URI", "GET /\(String(repeating: "a", count: 9000)) HTTP/1.1\r\n\(host)\r\n", 414,
            "URI_TOO_LONG"
        ),
        (
            "huge headers",
            "GET / HTTP/1.1\r\n\(host)A: \(String(repeating: "a", count: 17_000))\r\n\r\n", 431,
            "REQUEST_HEADER_FIELDS_TOO_LARGE"
        ),
        (
            "many headers",
            "GET / HTTP/1.1\r\n\(host)\(String(repeating: "A: b\r\n", count: 200))\r\n", 431,
            "REQUEST_HEADER_FIELDS_TOO_LARGE"
        ),
    ]

    private static let post = "POST /api/auth/initiate HTTP/1.1\r\n\(host)"
    private static let big = String(repeating: "a", count: 70_000)

    private static let bodies: [Case] = [
        (
            "two lengths", "\(post)Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 400,
            "BAD_REQUEST"
        ),
        ("a list of lengths", "\(post)Content-Length: 2, 2\r\n\r\n{}", 400, "BAD_REQUEST"),
        ("a negative length", "\(post)Content-Length: -1\r\n\r\n", 400, "BAD_REQUEST"),
        (
            "length and chunked",
            "\(post)Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
            "BAD_REQUEST"
        ),
        (
            "chunked and length",
            "\(post)Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n", 400,
            "BAD_REQUEST"
        ),
        ("gzip", "\(post)Transfer-Encoding: gzip\r\n\r\n", 501, "NOT_IMPLEMENTED"),
        (
            "gzip, chunked", "\(post)Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501,
            "NOT_IMPLEMENTED"
        ),
        (
            "a bad chunk", "\(post)Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n", 400,
            "BAD_REQUEST"
        ),
        ("a huge body", "\(post)Content-Length: 70000\r\n\r\n\(big)", 413, "PAYLOAD_TOO_LARGE"),
        (
            "a huge chunk", "\(post)Transfer-Encoding: chunked\r\n\r\n11170\r\n\(big)", 413,
            "PAYLOAD_TOO_LARGE"
        ),
        (
            "another expectation", "\(post)Content-Length: 2\r\nExpect: tea\r\n\r\n{}", 417,
            "EXPECTATION_FAILED"
        ),
    ]

    @Test func `a malformed head is refused and harms nobody`() async throws {
        try await withServer { try expectRefused(Self.heads, by: $0) }
    }

    @Test func `a malformed body is refused and harms nobody`() async throws {
        try await withServer { try expectRefused(Self.bodies, by: $0) }
    }

    @Test func `a body announced as too large is refused before it is sent`() async throws {
        try await withServer(["OTPLESS_WORKERS": "1"]) { server in
            let socket = try TCPSocket(port: server.port, patience: .seconds(2))
            try socket.send("\(Self.post)Content-Length: 70000\r\nExpect: 100-continue\r\n\r\n")
            #expect(try socket.takeReply().isError(413, "PAYLOAD_TOO_LARGE"))
            let other = try TCPSocket(port: server.port, patience: .seconds(2))
            try other.send(HTTPRequest(method: "GET", path: "/healthz").bytes)
            #expect(try other.takeReply().status == 200)
        }
    }

    @Test func `a body that was announced is asked for`() async throws {
        try await withServer { server in
            let socket = try TCPSocket(port: server.port)
            let body = #"{"phoneNumber":"+16505550142"}"#
            try socket.send(
                "\(Self.post)Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n"
                    + "Expect: 100-continue\r\n\r\n")
            #expect(try socket.takeLine() == "HTTP/1.1 100 Continue")
            #expect(try socket.takeLine().isEmpty)
            try socket.send(body)
            #expect(try socket.takeReply().status == 200)
        }
    }

    @Test func `what stands behind a refused request is not read`() async throws {
        try await withServer { server in
            let socket = try TCPSocket(port: server.port)
            let hidden = "GET /healthz HTTP/1.1\r\n\(Self.host)\r\n"
            let refused =
                "\(Self.post)Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            try socket.send(refused + hidden)
            #expect(try socket.takeReply().isError(400))
            #expect(try socket.takeAll().isEmpty)
        }
    }

    private func expectRefused(_ cases: [Case], by server: LiveServer) throws {
        let session = try server.initiate("+16505550142")
        for (name, bytes, status, code) in cases {
            let socket = try TCPSocket(port: server.port)
            try socket.send(bytes)
            let reply = try socket.takeReply()
            #expect(reply.isError(status, code), "\(name): \(reply)")
            #expect(reply["Connection"] == "close", "\(name)")
            #expect(reply["X-Request-Id"] != nil, "\(name)")
            #expect(try socket.takeAll().isEmpty, "\(name): more than one reply")
            #expect(try server.call("GET", "/healthz").status == 200, "after \(name)")
        }
        #expect(try server.claim(session).status == 202)
    }
}
