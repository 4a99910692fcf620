import TestSupport
import Testing

@Suite(.blocking, .timeLimit(.minutes(5)))
struct ReplyHeaderTests {
    @Test func `every reply carries what every reply must carry`() async throws {
        try await withServer { server in
            let session = try server.initiate("+16505550142")
            let requests = [
                HTTPRequest(method: "GET", path: "/"),
                HTTPRequest(method: "GET", path: "/healthz"),
                HTTPRequest(method: "GET", path: "/nope"),
                HTTPRequest(method: "GET", path: "/api/nope"),
                HTTPRequest(method: "DELETE", path: "/api/auth/initiate"),
                HTTPRequest(method: "GET", path: "/api/auth/validate"),
                HTTPRequest(method: "POST", path: "/api/auth/initiate", body: []),
                HTTPRequest(method: "GET", path: "/api/webhook"),
                HTTPRequest(
                    method: "GET",
                    path: "/api/webhook?hub.mode=subscribe&hub.challenge=1"
                        + "&hub.verify_token=\(LiveServer.verifyToken)"),
                HTTPRequest(method: "POST", path: "/api/webhook", body: [1]),
                HTTPRequest(
                    method: "GET", path: "/api/auth/ws", headers: [("Content-Length", "x")]),
                HTTPRequest(method: "POST", path: "/api/auth/claim", headers: [("Host", "x")]),
                PageSocket.request("/api/auth/ws?sessionId=\(session)"),
            ]
            for request in requests {
                let reply = try exchange(request, port: server.port)
                let what = "\(request.method) \(request.path): \(reply.headers)"
                #expect(reply["X-Request-Id"]?.isEmpty == false, "\(what)")
                #expect(reply["Date"]?.hasSuffix(" GMT") == true, "\(what)")
                #expect(reply["X-Content-Type-Options"] == "nosniff", "\(what)")
                if request.path.hasPrefix("/api/"), reply.status != 101 {
                    #expect(reply["Cache-Control"] == "no-store", "\(what)")
                }
            }
        }
    }

    @Test func `the reply that opens a WebSocket is not stored either`() async throws {
        try await withServer { server in
            let page = try server.page(try server.initiate("+16505550142"))
            #expect(page.handshake["Cache-Control"] == "no-store")
        }
    }

    @Test func `a sent request id is kept, an unsafe one is replaced`() async throws {
        try await withServer { server in
            let kept = ["a", "3F2504E0-4F89-11D3-9A0C-0305E82C3301", "trace_1.2"]
            for id in kept + [String(repeating: "a", count: 64)] {
                #expect(try requestID(of: server, sending: id) == id)
            }
            let unsafe = ["", "a b", "a\tb", "\"", "a;b", "ä", "<script>", "a,b"]
            for id in unsafe + [String(repeating: "a", count: 300)] {
                let replaced = try #require(try requestID(of: server, sending: id))
                #expect(replaced != id && !replaced.isEmpty)
            }
            let first = try requestID(of: server, sending: "")
            #expect(first != (try requestID(of: server, sending: "")))
        }
    }

    @Test func `a refused body keeps the request id too`() async throws {
        try await withServer { server in
            let head = HTTPRequest(
                method: "POST", path: "/api/auth/claim",
                headers: [("X-Request-Id", "trace-1"), ("Content-Length", "70000")])
            let socket = try TCPSocket(port: server.port)
            try socket.send(head.bytes + [1])
            let reply = try socket.takeReply()
            #expect(reply.isError(413, "PAYLOAD_TOO_LARGE"))
            #expect(reply["X-Request-Id"] == "trace-1")
        }
    }

    @Test func `HEAD gets the head of GET and no body`() async throws {
        try await withServer { server in
            let verification =
                "/api/webhook?hub.mode=subscribe&hub.challenge=1"
                + "&hub.verify_token=\(LiveServer.verifyToken)"
            let paths = [
                "/", "/healthz", "/readyz", "/api/auth/validate", "/api/user/me", "/api/webhook",
                verification, "/api/auth/ws", "/nope",
            ]
            for path in paths {
                let get = try server.call("GET", path)
                let socket = try TCPSocket(port: server.port)
                let close = [("Connection", "close")]
                try socket.send(HTTPRequest(method: "HEAD", path: path, headers: close).bytes)
                let head = try socket.takeReply(isToHead: true)
                #expect(head.status == get.status, "\(path)")
                #expect(head["Content-Length"] == String(get.body.count), "\(path)")
                #expect(head["Content-Type"] == get["Content-Type"], "\(path)")
                #expect(try socket.takeAll().isEmpty, "\(path): HEAD has a body")
            }
        }
    }

    @Test func `one connection serves many requests, also pipelined ones`() async throws {
        try await withServer { server in
            let socket = try TCPSocket(port: server.port)
            let requests = (0..<50).map { index in
                HTTPRequest(
                    method: "GET", path: index % 2 == 0 ? "/healthz" : "/readyz",
                    headers: [("X-Request-Id", "n-\(index)")])
            }
            try socket.send(requests.flatMap(\.bytes))
            for index in 0..<50 {
                let reply = try socket.takeReply()
                #expect(reply.status == 200)
                #expect(reply["X-Request-Id"] == "n-\(index)")
            }
        }
    }

    private func requestID(of server: LiveServer, sending id: String) throws -> String? {
        try server.call("GET", "/healthz", headers: [("X-Request-Id", id)])["X-Request-Id"]
    }
}
