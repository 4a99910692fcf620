import TestSupport
import Testing

/// CORS: what pages of other origins may send, and which replies they may read.
@Suite(.blocking, .timeLimit(.minutes(2)))
struct CrossOriginTests {
    private static let page = "https://app.example"
    private static let settings = ["OTPLESS_ALLOWED_ORIGINS": "\(page),https://www.example"]

    /// What no browser may be told is allowed.
    private static let foreign = [
        "https://evil.example", "null", "", "https://app.example.evil.example",
        "http://app.example",
        "https://app.example:444", "https://APP.example", "https://app.example/", "app.example",
        "https://app.example, https://app.example", "*",
    ]

    private static let shared: [(method: String, path: String, methods: String)] = [
        ("POST", "/api/auth/initiate", "POST"), ("POST", "/api/auth/claim", "POST"),
        ("POST", "/api/auth/refresh", "POST"), ("GET", "/api/auth/validate", "GET, HEAD"),
        ("PUT", "/api/user/me", "DELETE, GET, HEAD, PUT"),
        ("GET", "/api/user/me/devices", "GET, HEAD"),
        ("DELETE", "/api/user/me/devices/x", "DELETE"),
    ]

    private static let unshared = [
        "/", "/healthz", "/readyz", "/metrics", "/api/webhook", "/api/webhook/cloud",
        "/api", "/api/auth", "/api/authx", "/nope",
    ]

    @Test func `a preflight of an allowed origin is 204 without a body, with what is allowed`()
        async throws
    {
        try await withServer(Self.settings) { server throws in
            for (method, path, methods) in Self.shared {
                let reply = try preflight(server, path, method: method, Self.page)
                #expect(reply.status == 204, "\(path)")
                #expect(reply["Access-Control-Allow-Origin"] == Self.page)
                #expect(reply["Access-Control-Allow-Methods"] == methods)
                let headers = reply["Access-Control-Allow-Headers"] ?? ""
                #expect(headers.contains("Authorization") && headers.contains("Content-Type"))
                #expect(reply["Access-Control-Max-Age"].flatMap { Int($0) } == 7200)
                #expect(reply["Vary"] == "Origin" && reply["Cache-Control"] == "no-store")
                #expect(reply["Access-Control-Allow-Credentials"] == nil)
                #expect(reply["Content-Length"] == nil && reply["Content-Type"] == nil)
                #expect(reply["X-Request-Id"] != nil)
            }
        }
    }

    @Test func `a preflight of a foreign origin is 403 and allows nothing`() async throws {
        try await withServer(Self.settings) { server throws in
            for origin in Self.foreign {
                let reply = try preflight(server, "/api/auth/initiate", origin)
                #expect(reply.isError(403, "ORIGIN_NOT_ALLOWED"), "\(origin)")
                #expect(Self.grants(reply).isEmpty && reply["Vary"] == "Origin", "\(origin)")
            }
            for origins in [[Self.page, "https://evil.example"], [Self.page, Self.page]] {
                let twice = origins.map { ("Origin", $0) }
                let ask = twice + [("Access-Control-Request-Method", "POST")]
                let reply = try server.call("OPTIONS", "/api/auth/claim", headers: ask)
                #expect(reply.isError(403, "ORIGIN_NOT_ALLOWED") && Self.grants(reply).isEmpty)
            }
        }
    }

    @Test func `OPTIONS that is no preflight stays a wrong method`() async throws {
        try await withServer(Self.settings) { server throws in
            for headers in [
                [], [("Origin", Self.page)], [("Access-Control-Request-Method", "POST")],
            ] {
                let reply = try server.call("OPTIONS", "/api/auth/initiate", headers: headers)
                #expect(reply.isError(405, "METHOD_NOT_ALLOWED") && reply["Allow"] == "POST")
            }
            let nowhere = try preflight(server, "/api/auth/nope", Self.page)
            #expect(nowhere.isError(404, "NOT_FOUND"))
        }
    }

    @Test func `webhooks, metrics, health and pages have no CORS`() async throws {
        try await withServer(Self.settings) { server throws in
            for path in Self.unshared {
                let asked = try preflight(server, path, method: "GET", Self.page)
                #expect(asked.status == 405 || asked.status == 404, "\(path)")
                let got = try server.call("GET", path, headers: [("Origin", Self.page)])
                for reply in [asked, got] {
                    #expect(Self.grants(reply).isEmpty, "\(path)")
                    #expect(reply["Vary"]?.contains("Origin") != true, "\(path)")
                }
            }
        }
    }

    @Test func `every reply of these paths varies, and only an allowed origin may read it`()
        async throws
    {
        try await withServer(Self.settings) { server throws in
            for (method, path, _) in Self.shared + [("GET", "/api/auth/nope", "")] {
                let mine = try server.call(method, path, headers: [("Origin", Self.page)])
                #expect(mine["Access-Control-Allow-Origin"] == Self.page, "\(path)")
                let exposed = mine["Access-Control-Expose-Headers"] ?? ""
                #expect(exposed.contains("Retry-After") && exposed.contains("X-Request-Id"))
                #expect(mine["Access-Control-Allow-Credentials"] == nil)
                let others = Self.foreign.map { [("Origin", $0)] } + [[]]
                let replies = try others.map { try server.call(method, path, headers: $0) }
                for reply in replies {
                    #expect(reply.status == mine.status && Self.grants(reply).isEmpty, "\(path)")
                }
                #expect((replies + [mine]).allSatisfy { $0["Vary"] == "Origin" })
            }
        }
    }

    @Test func `a page may read errors that no endpoint made`() async throws {
        let head = "POST /api/auth/claim HTTP/1.1\r\nHost: x\r\n"
        let origin = "Origin: \(Self.page)\r\n"
        let long = String(repeating: "a", count: 17_000)
        let cases: [(bytes: String, status: Int)] = [
            ("\(head)\(origin)Content-Length: 4000000\r\n\r\n{", 413),
            ("\(head)\(origin)Transfer-Encoding: chunked\r\n\r\nx\r\n", 400),
            ("\(head)\(origin)Content-Length: x\r\n\r\n", 400),
            ("\(head)\(origin)Content-Length: 2\r\n\r\n{}", 415),
            ("\(head)\(origin)Transfer-Encoding: gzip\r\n\r\n", 501),
            ("\(head)\(origin)Expect: x\r\n\r\n", 417),
            ("\(head)\(origin)X: \(long)\r\n\r\n", 431),
            ("\r\n\(head)\(origin)X: \(long)\r\n\r\n", 431),
            ("\(head)\(origin)\(String(repeating: "X: y\r\n", count: 101))\r\n", 431),
            ("\(head)\(origin)X : y\r\n\r\n", 400),
            ("DELETE /api/user/me?x HTTP/1.1\r\nHost: x\r\n\(origin)X: \u{1}\r\n\r\n", 400),
        ]
        try await withServer(Self.settings) { server throws in
            for (bytes, status) in cases {
                for parts in [[bytes], [String(bytes.prefix(40)), String(bytes.dropFirst(40))]] {
                    let reply = try answer(server, parts)
                    #expect(reply.isError(status), "\(bytes.suffix(40)): \(reply)")
                    #expect(reply["Access-Control-Allow-Origin"] == Self.page, "\(status)")
                    #expect(reply["Vary"] == "Origin")
                }
                let evil = bytes.replacing(Self.page, with: "https://evil.example")
                #expect(Self.grants(try answer(server, [evil])).isEmpty)
                let twice = bytes.replacing(
                    origin, with: origin + "Origin: https://evil.example\r\n")
                #expect(Self.grants(try answer(server, [twice])).isEmpty)
                let webhook = bytes.replacing(#/ /api/[a-z/]+/#, with: " /api/webhook")
                #expect(Self.grants(try answer(server, [webhook])).isEmpty)
            }
        }
    }

    @Test func `a page may read that its request came too slowly`() async throws {
        try await withServer(Self.settings) { server in
            let head = "GET /api/user/me HTTP/1.1\r\nHost: x\r\nOrigin: \(Self.page)\r\nX"
            let reply = try answer(server, [head])
            #expect(reply.isError(408, "REQUEST_TIMEOUT"))
            #expect(reply["Access-Control-Allow-Origin"] == Self.page)
        }
    }

    @Test func `a page may read when to come back`() async throws {
        let settings = Self.settings.merging(["OTPLESS_DENY_BLOCK": "10m"]) { $1 }
        try await withServerAndStore(settings) { server, path in
            _ = try server.start("16505550142")
            try server.press(\.deny, on: server.whatsApp.phone("16505550142"))
            let body = #"{"phoneNumber":"+16505550142"}"#
            let blocked = try call(server, "/api/auth/initiate", body)
            #expect(blocked.isError(429) && blocked["Retry-After"] != nil)
            #expect(blocked["Access-Control-Allow-Origin"] == Self.page)
            let lock = try StoreLock(database: path)
            let down = try call(server, "/api/auth/initiate", #"{"phoneNumber":"+16505550143"}"#)
            #expect(down.isError(503) && down["Retry-After"] != nil)
            #expect(down["Access-Control-Allow-Origin"] == Self.page)
            _ = consume lock
        }
    }

    @Test func `a whole login works from a page of another origin`() async throws {
        try await withServer(Self.settings) { server in
            let started = try call(
                server, "/api/auth/initiate", #"{"phoneNumber":"+16505550142"}"#)
            let session = try #require(started.data["sessionId"].text)
            let page = try PageSocket(session: session, port: server.port, origin: Self.page)
            let cors = page.handshake.headers.filter { $0.name.hasPrefix("access-control") }
            #expect(cors.isEmpty)
            try server.press(\.confirm, on: server.whatsApp.phone("16505550142"))
            let tokens = try Session(try page.nextEvent("auth_success")["data"])
            let origin = [("Origin", "https://www.example")]
            let me = try server.call(
                "GET", "/api/user/me", bearer: tokens.accessToken, headers: origin)
            #expect(me.status == 200)
            #expect(me["Access-Control-Allow-Origin"] == "https://www.example")
        }
    }

    /// The names of the fields that let a page read a reply.
    private static func grants(_ reply: HTTPReply) -> [String] {
        reply.headers.map(\.name).filter { $0.hasPrefix("access-control-") }
    }

    private func preflight(
        _ server: LiveServer, _ path: String, method: String = "POST", _ origin: String
    ) throws -> HTTPReply {
        let headers = [
            ("Origin", origin), ("Access-Control-Request-Method", method),
            ("Access-Control-Request-Headers", "authorization,content-type"),
        ]
        return try server.call("OPTIONS", path, headers: headers)
    }

    private func call(_ server: LiveServer, _ path: String, _ body: String) throws -> HTTPReply {
        try server.call("POST", path, body, headers: [("Origin", Self.page)])
    }

    private func answer(_ server: LiveServer, _ parts: [String]) throws -> HTTPReply {
        let socket = try TCPSocket(port: server.port)
        for part in parts { try socket.send(part) }
        return try socket.takeReply()
    }
}
