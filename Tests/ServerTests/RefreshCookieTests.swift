import TestSupport
import Testing

/// CONTRACT section 4, OTPLESS_REFRESH_COOKIE: the refresh token as a cookie that no script can read.
@Suite(.blocking, .timeLimit(.minutes(2)))
struct RefreshCookieTests {
    private static let digits = "16505550142"
    private static let on = ["OTPLESS_REFRESH_COOKIE": "on"]
    private static let https = [
        "OTPLESS_REFRESH_COOKIE": "on", "OTPLESS_PUBLIC_URL": "https://login.site.example",
        "OTPLESS_ALLOWED_ORIGINS": "https://login.site.example,https://app.site.example",
    ]
    private static let page = "https://app.site.example"

    @Test func `the socket tells auth_ready without tokens, and the claim sets the cookie`()
        async throws
    {
        try await withServer(Self.https) { server in
            let session = try server.start(Self.digits)
            let socket = try server.page(session)
            #expect(try socket.nextEvent()["event"].text == "pending")
            try server.press(\.confirm, on: server.whatsApp.phone(Self.digits))
            let ready = try socket.nextEvent("auth_ready")
            #expect(ready.names == ["event", "status", "statusCode", "message", "data"])
            #expect(ready["event"].text == "auth_ready" && ready["statusCode"] == .number(200))
            #expect(ready["message"].text == "Login confirmed" && ready["data"] == .object([:]))
            let claim = try server.claim(session)
            #expect(claim.isSuccess("Login confirmed"))
            let names: Set = [
                "accessToken", "tokenType", "expiresIn", "userId", "isNewUser", "user",
            ]
            #expect(claim.data.names == names)
            let cookie = try #require(SetCookie(claim))
            #expect(cookie.name == "__Host-otpless_refresh" && cookie.value.utf8.count == 91)
            #expect(
                cookie.attributes
                    == ["Max-Age=2592000", "Path=/", "Secure", "HttpOnly", "SameSite=Strict"])
            #expect(!claim.text.contains(cookie.value))
            // The page's ack closes its socket, by way of which it was told.
            try socket.send(#"{"event":"ack"}"#)
            #expect(try socket.next() == .close(1000))
            #expect(try server.claim(session).isError(410, "SESSION_EXPIRED"))
            #expect(try me(server, claim).status == 200)
        }
    }

    @Test func `a page that waits makes no pair, and an ack before the claim loses none`()
        async throws
    {
        try await withServerAndStore(Self.on) { server, path in
            let session = try server.start(Self.digits)
            let socket = try server.page(session)
            #expect(try socket.nextEvent()["event"].text == "pending")
            try server.press(\.confirm, on: server.whatsApp.phone(Self.digits))
            _ = try socket.nextEvent("auth_ready")
            try socket.send(#"{"event":"ack"}"#)
            // Whoever connects again is told again, and makes none either.
            let again = try server.page(session)
            #expect(try again.nextEvent()["event"].text == "auth_ready")
            #expect(try socket.next() == .close(4409))
            #expect(try DatabaseFile(path).text("SELECT count(*) FROM families") == "0")
            let first = try server.claim(session)
            let second = try server.claim(session)
            #expect(try me(server, first).isError(401, "INVALID_TOKEN"))
            #expect(try me(server, second).status == 200)
            #expect(SetCookie(first)?.value != SetCookie(second)?.value)
            #expect(try server.perform("ack", session).status == 200)
        }
    }

    @Test func `a deny after the confirmation is told to a page that was told to claim`()
        async throws
    {
        try await withServer(Self.on) { server in
            let session = try server.start(Self.digits)
            let socket = try server.page(session)
            try server.press(\.confirm, on: server.whatsApp.phone(Self.digits))
            _ = try socket.nextEvent("auth_ready")
            let claim = try server.claim(session)
            try server.press(\.deny, on: server.whatsApp.phone(Self.digits))
            #expect(try socket.nextEvent("auth_denied")["error"]["code"].text == "LOGIN_DENIED")
            #expect(try socket.next() == .close(1000))
            #expect(try me(server, claim).isError(401, "INVALID_TOKEN"))
            #expect(try server.claim(session).isError(403, "LOGIN_DENIED"))
        }
    }

    @Test func `a logout closes the socket of a page that has claimed`() async throws {
        try await withServer(Self.on) { server in
            let session = try server.start(Self.digits)
            let socket = try server.page(session)
            try server.press(\.confirm, on: server.whatsApp.phone(Self.digits))
            _ = try socket.nextEvent("auth_ready")
            let claim = try server.claim(session)
            #expect(try server.perform("ack", session).status == 200)
            let user = #"{"userId":"\#(try #require(claim.data["userId"].text))"}"#
            let token = try #require(claim.data["accessToken"].text)
            let logout = try server.call("POST", "/api/auth/logout", user, bearer: token)
            #expect(logout.status == 200)
            #expect(try socket.nextEvent("auth_expired")["error"]["code"].text == "SESSION_EXPIRED")
            #expect(try socket.next() == .close(1000))
        }
    }

    @Test func `on http on loopback the cookie has neither the prefix nor Secure`() async throws {
        try await withServer(Self.on) { server in
            let cookie = try #require(SetCookie(try claimed(server)))
            #expect(cookie.name == "otpless_refresh")
            #expect(
                cookie.attributes == ["Max-Age=2592000", "Path=/", "HttpOnly", "SameSite=Strict"])
        }
    }

    @Test func `a refresh reads the cookie and sets the successor`() async throws {
        try await withServer(Self.https) { server in
            let first = try #require(SetCookie(try claimed(server)))
            let reply = try post(server, "refresh", "{}", [first.pair])
            #expect(reply.isSuccess("Tokens refreshed successfully"))
            #expect(reply.data.names == ["accessToken", "tokenType", "expiresIn"])
            let second = try #require(SetCookie(reply))
            #expect(second.name == first.name && second.value != first.value)
            #expect(second.attributes.dropFirst() == first.attributes.dropFirst())
            let left = try #require(Int(second.attributes[0].dropFirst("Max-Age=".count)))
            #expect((2_591_900...2_592_000).contains(left))
            #expect(!reply.text.contains(second.value))
            // Two tabs at once: one and the same successor.
            #expect(SetCookie(try post(server, "refresh", "{}", [first.pair])) == second)
            #expect(try me(server, reply).status == 200)
        }
    }

    @Test(arguments: ["refresh", "logout"])
    func `a cookie counts from an allowed origin alone`(_ operation: String) async throws {
        try await withServer(Self.https) { server throws in
            let claim = try claimed(server)
            let cookie = try #require(SetCookie(claim))
            let body = #"{"userId":"\#(try #require(claim.data["userId"].text))"}"#
            let origins: [[String]] = [
                [], ["https://evil.example"], ["null"], [""], ["https://site.example"],
                ["http://app.site.example"], [Self.page, "https://evil.example"],
                [Self.page, Self.page],
            ]
            for origin in origins {
                let reply = try post(server, operation, body, [cookie.pair], origin)
                #expect(reply.isError(403, "ORIGIN_NOT_ALLOWED"), "\(origin)")
                #expect(SetCookie(reply) == nil)
            }
            // Nothing has changed by that.
            let reply = try post(server, operation, body, [cookie.pair])
            #expect(reply.status == 200 && reply["Access-Control-Allow-Origin"] == Self.page)
            #expect(reply["Access-Control-Allow-Credentials"] == "true")
        }
    }

    @Test func `without a cookie and without a token nothing else than ever is asked for`()
        async throws
    {
        try await withServer(Self.https) { server in
            #expect(try post(server, "refresh", "{}", [], []).isError(400, "MISSING_PARAMETERS"))
            let user = #"{"userId":"x"}"#
            #expect(try post(server, "logout", user, [], []).isError(401, "MISSING_AUTHORIZATION"))
            let others = [
                "otpless_refresh=a", "a=__Host-otpless_refresh=b", "__host-otpless_refresh=c",
            ]
            for other in others + ["__Host-otpless_refresh=", "__Host-otpless_refresh", "=", ";;"] {
                let reply = try post(server, "refresh", "{}", [other])
                #expect(reply.isError(400, "MISSING_PARAMETERS"), "\(other)")
            }
        }
    }

    @Test func `a logout clears the cookie, also where its token had ended`() async throws {
        try await withServer(Self.https) { server in
            let claim = try claimed(server)
            let cookie = try #require(SetCookie(claim))
            let user = #"{"userId":"\#(try #require(claim.data["userId"].text))"}"#
            for _ in 1...2 {
                let reply = try post(server, "logout", user, [cookie.pair])
                #expect(reply.isSuccess("Logged out successfully"))
                try expectCleared(reply, cookie)
            }
            #expect(try me(server, claim).isError(401, "INVALID_TOKEN"))
            #expect(try post(server, "refresh", "{}", [cookie.pair]).isError(401))
        }
    }

    @Test func `what is no token ends nothing, and a logout takes it away`() async throws {
        try await withServer(Self.https) { server throws in
            let claim = try claimed(server)
            let cookie = try #require(SetCookie(claim))
            let user = #"{"userId":"\#(try #require(claim.data["userId"].text))"}"#
            let forged = cookie.value.dropLast() + (cookie.value.hasSuffix("A") ? "E" : "A")
            let cookies: [[String]] = [
                ["\(cookie.name)=x"], ["\(cookie.name)=\(forged)"],
                ["\(cookie.name)=\"\(cookie.value)\""],
                [cookie.pair, "\(cookie.name)=x"], ["\(cookie.name)=x; \(cookie.pair)"],
            ]
            for sent in cookies {
                let refresh = try post(server, "refresh", "{}", sent)
                #expect(refresh.isError(401, "INVALID_REFRESH_TOKEN"), "\(sent)")
                // A login may have set a new one meanwhile.
                #expect(SetCookie(refresh) == nil)
                let logout = try post(server, "logout", user, sent)
                #expect(logout.isError(401, "INVALID_REFRESH_TOKEN"), "\(sent)")
                try expectCleared(logout, cookie)
            }
            let other = try post(server, "logout", #"{"userId":"x"}"#, [cookie.pair])
            #expect(other.isError(401, "UNAUTHORIZED") && SetCookie(other) == nil)
            #expect(try me(server, claim).status == 200)
            // Around it there may be anything, and the same twice is one.
            let messy = [";; a; =b; \(cookie.pair) ;c=\"d\";\(cookie.pair)", cookie.pair]
            #expect(try post(server, "refresh", "{}", messy).status == 200)
        }
    }

    @Test func `a token in the body wins over the cookie and needs no origin`() async throws {
        try await withServer(Self.https) { server in
            let one = try #require(SetCookie(try claimed(server)))
            let claim = try claimed(server)
            let two = try #require(SetCookie(claim))
            let body = #"{"refreshToken":"\#(two.value)"}"#
            let reply = try post(server, "refresh", body, [one.pair], [])
            #expect(reply.status == 200 && SetCookie(reply) == nil)
            let third = try #require(reply.data["refreshToken"].text)
            let user = try #require(claim.data["userId"].text)
            let out = #"{"userId":"\#(user)","refreshToken":"\#(third)"}"#
            #expect(try post(server, "logout", out, [one.pair], []).status == 200)
            #expect(try me(server, reply).isError(401, "INVALID_TOKEN"))
            #expect(try post(server, "refresh", "{}", [one.pair]).status == 200)
        }
    }

    @Test
    func `cookies may come along to claim, refresh and logout alone, and only where they are on`()
        async throws
    {
        let asked = [("Access-Control-Request-Method", "POST"), ("Origin", Self.page)]
        for (setting, granted) in [("on", ["claim", "refresh", "logout"]), ("off", [])] {
            let settings = Self.https.merging(["OTPLESS_REFRESH_COOKIE": setting]) { $1 }
            try await withServer(settings) { server throws in
                for name in ["claim", "refresh", "logout", "ack", "initiate"] {
                    let path = "/api/auth/\(name)"
                    let preflight = try server.call("OPTIONS", path, headers: asked)
                    let reply = try post(server, name, "{}", [])
                    for one in [preflight, reply] {
                        let isGranted = one["Access-Control-Allow-Credentials"] == "true"
                        #expect(isGranted == granted.contains(name), "\(name)")
                    }
                }
            }
        }
    }

    @Test func `where cookies are off they are neither set nor read`() async throws {
        try await withServer { server in
            let claim = try claimed(server)
            let token = try #require(claim.data["refreshToken"].text)
            #expect(SetCookie(claim) == nil)
            for name in ["otpless_refresh", "__Host-otpless_refresh"] {
                let reply = try post(server, "refresh", "{}", ["\(name)=\(token)"])
                #expect(reply.isError(400, "MISSING_PARAMETERS"))
            }
        }
    }

    private func expectCleared(_ reply: HTTPReply, _ cookie: SetCookie) throws {
        let cleared = try #require(SetCookie(reply))
        #expect(cleared.name == cookie.name && cleared.value.isEmpty)
        #expect(cleared.attributes == ["Max-Age=0"] + cookie.attributes.dropFirst())
    }

    /// The reply to the claim of a login that was confirmed.
    private func claimed(_ server: LiveServer) throws -> HTTPReply {
        try server.claim(try server.confirmed(Self.digits))
    }

    private func me(_ server: LiveServer, _ reply: HTTPReply) throws -> HTTPReply {
        try server.me(try #require(reply.data["accessToken"].text))
    }

    private func post(
        _ server: LiveServer, _ operation: String, _ body: String, _ cookies: [String],
        _ origins: [String] = [page]
    ) throws -> HTTPReply {
        let headers = cookies.map { ("Cookie", $0) } + origins.map { ("Origin", $0) }
        return try server.call("POST", "/api/auth/\(operation)", body, headers: headers)
    }
}
