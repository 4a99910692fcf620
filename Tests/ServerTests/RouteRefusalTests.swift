import TestSupport
import Testing

/// What the routes refuse before any endpoint is asked.
@Suite(.blocking, .timeLimit(.minutes(5)))
struct RouteRefusalTests {
    @Test func `an unknown path is not found`() async throws {
        try await withServer { server throws in
            let paths = [
                "/nope", "/api", "/api/auth", "/api/auth/initiate/", "/API/auth/initiate",
                "/api//auth/initiate", "/api/auth/%69nitiate", "/../etc/passwd", "/healthz/",
            ]
            for path in paths {
                #expect(try server.call("GET", path).isError(404, "NOT_FOUND"), "\(path)")
                #expect(try server.call("POST", path, "{}").isError(404, "NOT_FOUND"), "\(path)")
            }
        }
    }

    @Test func `a wrong method is told the right ones`() async throws {
        let cases = [
            ("GET", "/api/auth/initiate", "POST"), ("DELETE", "/healthz", "GET, HEAD"),
            ("POST", "/api/auth/ws", "GET, HEAD"), ("PUT", "/api/webhook", "GET, HEAD, POST"),
            ("POST", "/api/auth/validate", "GET, HEAD"), ("FOO", "/", "GET, HEAD"),
            ("HEAD", "/api/auth/refresh", "POST"),
        ]
        try await withServer { server in
            for (method, path, allow) in cases {
                let reply = try server.call(method, path)
                #expect(reply["Allow"] == allow, "\(method) \(path)")
                let isRight = method == "HEAD" || reply.isError(405, "METHOD_NOT_ALLOWED")
                #expect(isRight && reply.status == 405, "\(method) \(path): \(reply)")
            }
            // More methods may come; PUT and GET are there now.
            let me = try server.call("POST", "/api/user/me", "{}")
            #expect(me.isError(405, "METHOD_NOT_ALLOWED"))
            let allowed = try #require(me["Allow"]).split(separator: ", ").map(String.init)
            #expect(Set(allowed).isSuperset(of: ["GET", "HEAD", "PUT"]))
        }
    }

    @Test func `an upgrade is checked in the order of the contract`() async throws {
        try await withServer { server in
            let session = try server.initiate("+16505550142")
            let unknown = String(repeating: "A", count: 43)
            for path in ["/api/auth/ws", "/api/auth/ws?sessionId=", "/api/auth/ws?session=x"] {
                let bare = try server.call("GET", path)
                #expect(bare.isError(400, "MISSING_SESSION_ID"), "\(path)")
                let upgrade = try exchange(PageSocket.request(path), port: server.port)
                #expect(upgrade.isError(400, "MISSING_SESSION_ID"), "\(path)")
            }
            let plain = try server.call("GET", "/api/auth/ws?sessionId=\(unknown)")
            #expect(plain.isError(426, "UPGRADE_REQUIRED"))
            #expect(plain["Upgrade"] == "websocket")
            #expect(plain["Sec-WebSocket-Version"] == "13")

            let origins = [
                "https://evil.example", "null", "http://127.0.0.1", "",
                "http://127.0.0.1:\(server.port).evil.example", "https://127.0.0.1:\(server.port)",
            ]
            for origin in origins {
                for id in [session, unknown] {
                    let reply = try upgrade(server, id, origin)
                    #expect(reply.isError(403, "ORIGIN_NOT_ALLOWED"), "\(origin)")
                }
            }
            for id in [unknown, "x", session + "A", String(session.dropLast()), "%00"] {
                #expect(try upgrade(server, id, nil).isError(404, "SESSION_NOT_FOUND"), "\(id)")
            }
            let own = try PageSocket(
                session: session, port: server.port, origin: "http://127.0.0.1:\(server.port)")
            #expect(try own.nextEvent()["event"].text == "pending")
        }
    }

    @Test func `a right id with a wrong secret is not found`() async throws {
        try await withServer { server in
            let session = try server.initiate("+16505550142")
            let last = try #require(session.last)
            let forged = session.dropLast() + (last == "A" ? "E" : "A")
            #expect(try upgrade(server, String(forged), nil).isError(404, "SESSION_NOT_FOUND"))
            #expect(try server.claim(String(forged)).isError(404, "SESSION_NOT_FOUND"))
        }
    }

    @Test func `HEAD does not open a WebSocket`() async throws {
        try await withServer { server in
            let session = try server.initiate("+16505550142")
            var request = PageSocket.request("/api/auth/ws?sessionId=\(session)")
            request.method = "HEAD"
            let reply = try exchange(request, port: server.port)
            #expect(reply.status == 426 || reply.status == 400, "\(reply)")
        }
    }

    private func upgrade(
        _ server: LiveServer, _ session: String, _ origin: String?
    ) throws -> HTTPReply {
        let path = "/api/auth/ws?sessionId=\(session)"
        return try exchange(PageSocket.request(path, origin: origin), port: server.port)
    }
}
