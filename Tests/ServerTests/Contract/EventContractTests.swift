import OTPless
import TestSupport
import Testing

/// CONTRACT section 2, GET /api/auth/ws: the frame of each event, member by member.
@Suite(.blocking, .serialized, .timeLimit(.minutes(5)))
struct EventContractTests {
    private static let digits = "16505550142"

    @Test func `pending is 202 with sessionId, expiresAt and delivery`() async throws {
        try await withQuietServer { server, _ in
            let reply = try server.call(
                "POST", "/api/auth/initiate", #"{"phoneNumber":"+\#(Self.digits)"}"#)
            let session = try #require(reply.data["sessionId"].text)
            let expected = success(
                "pending", 202, "Waiting for confirmation",
                [
                    "sessionId": .text(session), "expiresAt": reply.data["expiresAt"],
                    "delivery": .text("queued"),
                ])
            #expect(try server.page(session).nextEvent() == expected)
        }
    }

    @Test func `delivery is 202, from queued until sent, delivered and read, never backwards`()
        async throws
    {
        try await withQuietServer { server, whatsApp in
            let session = try server.start(Self.digits)
            let page = try server.page(session)
            #expect(try page.nextEvent()["data"]["delivery"].text == "queued")
            // Still queued: the provider has taken the message, but reported nothing.
            #expect(try server.claim(session).data["delivery"].text == "queued")
            for word in ["sent", "delivered", "read"] {
                try report(word, server, whatsApp)
                let expected = success(
                    "delivery", 202, "Delivery updated", ["delivery": .text(word)])
                #expect(try page.nextEvent() == expected)
                // Late, so nothing comes of it.
                try report("sent", server, whatsApp)
            }
            try server.press(\.confirm, on: whatsApp.phone(Self.digits))
            #expect(try page.nextEvent()["event"].text == "auth_success")
        }
    }

    @Test func `auth_success is 200 with tokens and user`() async throws {
        try await withQuietServer { server, whatsApp in
            let session = try server.start(Self.digits, #""name":"Ada""#)
            let page = try server.page(session)
            #expect(try page.nextEvent()["event"].text == "pending")
            try server.press(\.confirm, on: whatsApp.phone(Self.digits))
            let event = try page.nextEvent()
            let data = event["data"]
            let me = try server.me(try #require(data["accessToken"].text)).data
            #expect(me.names == ["id", "phoneNumber", "name", "createdAt"])
            let expected = success(
                "auth_success", 200, "Login confirmed",
                [
                    "accessToken": data["accessToken"], "refreshToken": data["refreshToken"],
                    "tokenType": .text("Bearer"), "expiresIn": .number(900), "userId": me["id"],
                    "isNewUser": .bool(true), "user": me,
                ])
            #expect(event == expected)
            #expect(data["refreshToken"].text?.isEmpty == false)
            try page.send(#"{"event":"ack"}"#)
            #expect(try page.next() == .close(1000))
        }
    }

    @Test func `auth_denied is the error 403 LOGIN_DENIED, and closes 1000`() async throws {
        try await withQuietServer { server, whatsApp in
            let page = try waitingPage(server)
            try server.press(\.deny, on: whatsApp.phone(Self.digits))
            try expect(page, "auth_denied", 403, "LOGIN_DENIED")
        }
    }

    @Test func `auth_failed is the error 502 MESSAGE_UNDELIVERABLE, and closes 1000`() async throws
    {
        try await withQuietServer { server, whatsApp in
            let page = try waitingPage(server)
            try report("failed", server, whatsApp)
            try expect(page, "auth_failed", 502, "MESSAGE_UNDELIVERABLE")
        }
    }

    @Test func `auth_cancelled is the error 410 SESSION_CANCELLED, and closes 1000`() async throws {
        try await withQuietServer { server, _ in
            let session = try server.start(Self.digits)
            let page = try server.page(session)
            #expect(try page.nextEvent()["event"].text == "pending")
            #expect(try server.perform("cancel", session).status == 200)
            try expect(page, "auth_cancelled", 410, "SESSION_CANCELLED")
        }
    }

    @Test func `auth_expired is the error 410 SESSION_EXPIRED, and closes 1000`() async throws {
        try await withQuietServer(["OTPLESS_LOGIN_TTL": "5s"]) { server, _ in
            let page = try waitingPage(server)
            try expect(page, "auth_expired", 410, "SESSION_EXPIRED")
        }
    }

    @Test func `whoever connects again gets auth_success with a fresh pair and a new sid`()
        async throws
    {
        try await withServer { server in
            let session = try server.confirmed(Self.digits)
            let first = try Session(try server.page(session).nextEvent("auth_success")["data"])
            let second = try Session(try server.page(session).nextEvent("auth_success")["data"])
            #expect(try sid(first) != sid(second))
            #expect(try server.me(first.accessToken).isError(401, "INVALID_TOKEN"))
            #expect(try server.refresh(first.refreshToken).isError(401, "INVALID_REFRESH_TOKEN"))
            #expect(try server.me(second.accessToken).status == 200)
            #expect(try server.refresh(second.refreshToken).status == 200)
        }
    }

    private func waitingPage(_ server: LiveServer) throws -> PageSocket {
        let page = try server.page(try server.start(Self.digits))
        #expect(try page.nextEvent()["event"].text == "pending")
        return page
    }

    private func report(
        _ word: String, _ server: LiveServer, _ whatsApp: SimulatedWhatsApp
    ) throws {
        let prompt = try whatsApp.phone(Self.digits).prompt()
        let body = Webhook.status(word, of: prompt.id, to: Self.digits)
        #expect(try server.deliver(body).status == 200)
    }

    private func success(
        _ event: String, _ status: Double, _ message: String, _ data: [String: JSON]
    ) -> JSON {
        .object([
            "event": .text(event), "status": .text("success"), "statusCode": .number(status),
            "message": .text(message), "data": .object(data),
        ])
    }

    private func expect(
        _ page: PageSocket, _ event: String, _ status: Double, _ code: String
    ) throws {
        let frame = try page.nextEvent()
        #expect(frame.names == ["event", "status", "statusCode", "error"])
        #expect(frame["event"].text == event && frame["status"].text == "error")
        #expect(frame["statusCode"] == .number(status))
        #expect(frame["error"].names == ["code", "message", "details"])
        #expect(frame["error"]["code"].text == code)
        #expect(try page.next() == .close(1000))
        try page.waitForEnd()
    }
}

/// The `sid` of a session's access token.
func sid(_ session: Session) throws -> String {
    let parts = session.accessToken.split(separator: ".")
    guard parts.count == 3, let claims = Base64URL.decode(String(parts[1])),
        let sid = try JSON(claims)["sid"].text
    else { throw Fault("no sid in \(session.accessToken)") }
    return sid
}
