import TestSupport
import Testing

/// CONTRACT section 1: every error has the envelope, also those made below the router.
@Suite(.blocking, .serialized, .timeLimit(.minutes(5)))
struct RefusalContractTests {
    private static let post = "POST /api/auth/initiate HTTP/1.1\r\nHost: x\r\n"

    /// One request for each status that can be had without waiting.
    private static let cases: [(bytes: String, status: Int, code: String)] = [
        ("GET /healthz\r\n\r\n", 400, "BAD_REQUEST"),
        ("GET /nope HTTP/1.1\r\nHost: x\r\n\r\n", 404, "NOT_FOUND"),
        ("PUT /healthz HTTP/1.1\r\nHost: x\r\n\r\n", 405, "METHOD_NOT_ALLOWED"),
        ("\(post)Content-Length: 65537\r\n\r\n{", 413, "PAYLOAD_TOO_LARGE"),
        (
            "GET /\(String(repeating: "a", count: 9000)) HTTP/1.1\r\nHost: x\r\n\r\n", 414,
            "URI_TOO_LONG"
        ),
        ("\(post)Content-Length: 2\r\n\r\n{}", 415, "UNSUPPORTED_MEDIA_TYPE"),
        (
            "GET /api/auth/ws?sessionId=x HTTP/1.1\r\nHost: x\r\n\r\n", 426, "UPGRADE_REQUIRED"
        ),
        (
            "GET / HTTP/1.1\r\nHost: x\r\nA: \(String(repeating: "a", count: 17_000))\r\n\r\n", 431,
            "REQUEST_HEADER_FIELDS_TOO_LARGE"
        ),
        ("\(post)Transfer-Encoding: gzip\r\n\r\n", 501, "NOT_IMPLEMENTED"),
        ("GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505, "HTTP_VERSION_NOT_SUPPORTED"),
    ]

    @Test func `each error below the router has the envelope and the headers of every reply`()
        async throws
    {
        try await withServer { server in
            for (bytes, status, code) in Self.cases {
                let socket = try TCPSocket(port: server.port)
                try socket.send(bytes)
                let reply = try socket.takeReply()
                #expect(reply.isError(status, code), "\(status): \(reply)")
                #expect(reply.json["error"].names == ["code", "message", "details"], "\(status)")
                #expect(reply["X-Request-Id"]?.isEmpty == false, "\(status)")
                #expect(reply["Date"]?.hasSuffix(" GMT") == true, "\(status)")
                #expect(reply["X-Content-Type-Options"] == "nosniff", "\(status)")
                #expect(reply["Cache-Control"] == "no-store", "\(status)")
            }
        }
    }

    @Test func `a head that is not whole after 10 seconds is 408 REQUEST_TIMEOUT`() async throws {
        try await withServer { server in
            let socket = try TCPSocket(port: server.port)
            let begin = ContinuousClock.now
            try socket.send("GET /healthz HTTP/1.1\r\n")
            let reply = try socket.takeReply()
            #expect(reply.isError(408, "REQUEST_TIMEOUT"), "\(reply)")
            #expect((.seconds(9) ... .seconds(20)).contains(ContinuousClock.now - begin))
            #expect(try socket.takeAll().isEmpty)
        }
    }

    @Test func `a request without a length has no body, so 411 is never needed`() async throws {
        try await withServer { server in
            let socket = try TCPSocket(port: server.port)
            try socket.send("\(Self.post)Content-Type: application/json\r\n\r\n")
            #expect(try socket.takeReply().isError(400, "INVALID_JSON"))
            // What follows is the next request.
            try socket.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try socket.takeReply().status == 200)
        }
    }

    @Test func `a body of 64 KiB is taken, one byte more is 413`() async throws {
        try await withServer { server in
            let start = #"{"phoneNumber":"+16505550142"}"#
            let full = start + String(repeating: " ", count: 65_536 - start.utf8.count)
            #expect(try server.call("POST", "/api/auth/initiate", full).status == 200)
            let reply = try server.call("POST", "/api/auth/initiate", full + " ")
            #expect(reply.isError(413, "PAYLOAD_TOO_LARGE"))
        }
    }

    @Test func `a 429 says when to come back, in the error and in the header`() async throws {
        try await withServer(["OTPLESS_DENY_BLOCK": "10m"]) { server in
            _ = try server.start("16505550142")
            try server.press(\.deny, on: server.whatsApp.phone("16505550142"))
            let body = #"{"phoneNumber":"+16505550142"}"#
            let reply = try server.call("POST", "/api/auth/initiate", body)
            #expect(reply.isError(429, "RATE_LIMITED"), "\(reply)")
            let seconds = try #require(reply.json["error"]["retryAfter"].number)
            #expect(seconds > 500 && seconds <= 600)
            #expect(reply["Retry-After"] == String(Int(seconds)))
        }
    }

    @Test func `a 503 says when to come back, in the error and in the header`() async throws {
        try await withServerAndStore { server, path in
            let lock = try StoreLock(database: path)
            let reply = try server.call("GET", "/readyz")
            #expect(reply.isError(503, "SERVICE_UNAVAILABLE"), "\(reply)")
            let seconds = try #require(reply.json["error"]["retryAfter"].number)
            #expect(seconds >= 1 && reply["Retry-After"] == String(Int(seconds)))
            _ = consume lock
        }
    }

    @Test func `no other error says when to come back`() async throws {
        try await withServer { server in
            for path in ["/nope", "/api/auth/validate", "/api/webhook", "/api/auth/ws"] {
                let reply = try server.call("GET", path)
                #expect(reply["Retry-After"] == nil, "\(path)")
                #expect(reply.json["error"]["retryAfter"] == .null, "\(path)")
            }
        }
    }
}
