import TestSupport
import Testing

/// CONTRACT section 2, GET /api/auth/ws: what is checked before the upgrade, and the proof after it.
@Suite(.blocking, .serialized, .timeLimit(.minutes(5)))
struct WebSocketContractTests {
    @Test func `the checks come in the order 400, 426, 403, 404, 410`() async throws {
        try await withServer { server in
            let over = try server.confirmed("16505550142")
            _ = try server.claim(over)
            #expect(try server.perform("ack", over).status == 200)
            let path = "/api/auth/ws"
            let evil = [("Origin", "https://evil.example")]
            // Each request has every fault from its own on, and is told the first.
            let missing = try server.call("GET", path, headers: evil)
            #expect(missing.isError(400, "MISSING_SESSION_ID"))
            let plain = try server.call("GET", path + "?sessionId=x", headers: evil)
            #expect(plain.isError(426, "UPGRADE_REQUIRED"))
            #expect(plain["Upgrade"] == "websocket")
            let foreign = try open("x", server, origin: "https://evil.example")
            #expect(foreign.isError(403, "ORIGIN_NOT_ALLOWED"))
            #expect(try open(over, server, origin: "null").isError(403, "ORIGIN_NOT_ALLOWED"))
            #expect(try open("x", server).isError(404, "SESSION_NOT_FOUND"))
            #expect(try open(over, server).isError(410, "SESSION_EXPIRED"))
        }
    }

    @Test func `an Origin is refused only if it is sent and not listed, and null is not listed`()
        async throws
    {
        let allowed = ["https://app.example", "https://www.example"]
        let changes = ["OTPLESS_ALLOWED_ORIGINS": allowed.joined(separator: ",")]
        try await withServer(changes) { server in
            let session = try server.start("16505550142")
            for origin in allowed {
                let page = try PageSocket(session: session, port: server.port, origin: origin)
                #expect(page.handshake.status == 101)
            }
            #expect(try server.page(session).handshake.status == 101)
            for origin in ["null", "http://127.0.0.1:\(server.port)", "https://app.example:444"] {
                let reply = try open(session, server, origin: origin)
                #expect(reply.isError(403, "ORIGIN_NOT_ALLOWED"), "\(origin)")
            }
        }
    }

    @Test
    func `a denied, failed, cancelled or expired login upgrades, tells its event and closes 1000`()
        async throws
    {
        try await withQuietServer(["OTPLESS_LOGIN_TTL": "5s"]) { server, whatsApp in
            let expired = try server.start("16505550140")
            let denied = try server.start("16505550141")
            try server.press(\.deny, on: whatsApp.phone("16505550141"))
            let failed = try server.start("16505550142")
            let prompt = try whatsApp.phone("16505550142").prompt()
            let report = Webhook.status("failed", of: prompt.id, to: "16505550142")
            #expect(try server.deliver(report).status == 200)
            let cancelled = try server.start("16505550143")
            #expect(try server.perform("cancel", cancelled).status == 200)
            _ = try waitFor("the expiry") { try server.claim(expired).status == 410 ? true : nil }
            let events = [
                (denied, "auth_denied"), (failed, "auth_failed"), (cancelled, "auth_cancelled"),
                (expired, "auth_expired"),
            ]
            for (session, event) in events {
                let page = try server.page(session)
                #expect(try page.nextEvent()["event"].text == event)
                #expect(try page.next() == .close(1000))
                try page.waitForEnd()
            }
        }
    }

    @Test func `without a hello within 10 seconds a page with a challenge is closed 4401`()
        async throws
    {
        try await withServer { server in
            let challenge = #""codeChallenge":"\#(SampleProof.challenge)""#
            let session = try server.confirmed("16505550142", challenge)
            let begin = ContinuousClock.now
            let page = try server.page(session)
            // Nothing is sent before: this is the first frame.
            #expect(try page.next() == .close(4401))
            #expect((.seconds(9) ... .seconds(20)).contains(ContinuousClock.now - begin))
            // The right hello brings the tokens that waited.
            let owner = try server.page(session)
            try owner.send(#"{"event":"hello","codeVerifier":"\#(SampleProof.verifier)"}"#)
            #expect(try owner.nextEvent()["event"].text == "auth_success")
        }
    }

    @Test func `an older page stays until the newer one's verifier is accepted`() async throws {
        try await withQuietServer { server, whatsApp in
            let challenge = #""codeChallenge":"\#(SampleProof.challenge)""#
            let session = try server.start("16505550142", challenge)
            let hello = #"{"event":"hello","codeVerifier":"\#(SampleProof.verifier)"}"#
            let older = try server.page(session)
            try older.send(hello)
            #expect(try older.nextEvent()["event"].text == "pending")
            let newer = try server.page(session)
            // The older one is still told what happens.
            let prompt = try whatsApp.phone("16505550142").prompt()
            let report = Webhook.status("sent", of: prompt.id, to: "16505550142")
            #expect(try server.deliver(report).status == 200)
            #expect(try older.nextEvent()["event"].text == "delivery")
            try newer.send(hello)
            #expect(try newer.nextEvent()["event"].text == "pending")
            #expect(try older.next() == .close(4409))
        }
    }

    private func open(
        _ session: String, _ server: LiveServer, origin: String? = nil
    ) throws -> HTTPReply {
        let path = "/api/auth/ws?sessionId=\(session)"
        return try exchange(PageSocket.request(path, origin: origin), port: server.port)
    }
}
