import TestSupport
import Testing

@Suite(.blocking, .timeLimit(.minutes(5)))
struct OtherOutcomeTests {
    @Test func `a denied login says so and can no longer be confirmed`() async throws {
        try await withServer { server in
            let session = try server.initiate("+16505550142")
            let phone = server.whatsApp.phone("16505550142")
            let page = try server.page(session)
            _ = try page.nextEvent("pending")
            try phone.tapDeny()
            let event = try page.nextEvent("auth_denied")
            #expect(event["statusCode"] == .number(403))
            #expect(event["error"]["code"].text == "LOGIN_DENIED")
            #expect(try page.next() == .close(1000))
            try page.waitForEnd()

            let late = Webhook.tap(try phone.prompt().confirm, by: phone.digits, id: "wamid.late")
            #expect(try server.deliver(late).status == 200)
            #expect(try server.claim(session).isError(403, "LOGIN_DENIED"))
            // Whoever connects now gets the outcome too.
            let again = try server.page(session)
            #expect(try again.nextEvent()["event"].text == "auth_denied")
            #expect(try again.next() == .close(1000))
        }
    }

    @Test func `a login that nobody answers expires, and a later tap does nothing`() async throws {
        try await withServer(["OTPLESS_LOGIN_TTL": "5s"]) { server in
            let session = try server.initiate("+16505550142")
            let phone = server.whatsApp.phone("16505550142")
            let page = try server.page(session)
            // On a busy machine its time may be over before the page is there.
            let first = try page.nextEvent()
            let event =
                first["event"].text == "pending" ? try page.nextEvent("auth_expired") : first
            #expect(event["event"].text == "auth_expired")
            #expect(event["statusCode"] == .number(410))
            #expect(event["error"]["code"].text == "SESSION_EXPIRED")
            #expect(try page.next() == .close(1000))

            let late = Webhook.tap(try phone.prompt().confirm, by: phone.digits, id: "wamid.late")
            #expect(try server.deliver(late).status == 200)
            #expect(try server.claim(session).isError(410, "SESSION_EXPIRED"))
            let again = try server.page(session)
            #expect(try again.nextEvent()["event"].text == "auth_expired")
            #expect(try again.next() == .close(1000))
        }
    }

    @Test func `a cancelled login says so and can no longer be confirmed`() async throws {
        try await withServer { server in
            let session = try server.initiate("+16505550142")
            let phone = server.whatsApp.phone("16505550142")
            let page = try server.page(session)
            _ = try page.nextEvent("pending")
            for _ in 1...2 {
                let reply = try server.call(
                    "POST", "/api/auth/cancel", #"{"session_id":"\#(session)"}"#)
                #expect(reply.isSuccess("Login cancelled"))
            }
            #expect(try page.nextEvent("auth_cancelled")["statusCode"] == .number(410))
            #expect(try page.next() == .close(1000))
            let late = Webhook.tap(try phone.prompt().confirm, by: phone.digits, id: "wamid.late")
            #expect(try server.deliver(late).status == 200)
            #expect(try server.claim(session).isError(410, "SESSION_CANCELLED"))
        }
    }

    @Test(arguments: ["16505550199", "6505550142", "116505550142", "16505550142 ", ""])
    func `the right payload from another phone changes nothing`(sender: String) async throws {
        try await withServer { server in
            let session = try server.initiate("+16505550142")
            let phone = server.whatsApp.phone("16505550142")
            let prompt = try phone.prompt()
            for (index, payload) in [prompt.confirm, prompt.deny].enumerated() {
                let body = Webhook.tap(
                    payload, by: sender, id: "wamid.\(index)", quoting: prompt.id)
                #expect(try server.deliver(body).status == 200)
            }
            #expect(try server.claim(session).status == 202)
            try expectConfirmable(server, session, phone)
        }
    }

    @Test func `a forged signature is refused and changes nothing`() async throws {
        try await withServer { server in
            let session = try server.initiate("+16505550142")
            let phone = server.whatsApp.phone("16505550142")
            let body = Webhook.tap(try phone.prompt().confirm, by: phone.digits, id: "wamid.1")
            let right = Webhook.signature(of: body)
            let forged = [
                "sha256=" + String(repeating: "0", count: 64), "",
                Webhook.signature(of: body, secret: "another secret"),
                Webhook.signature(of: body + [0x20]), String(right.dropLast(2)), right + "00",
                "sha1=" + right.dropFirst(7), String(right.dropFirst(7)),
            ]
            for signature in forged {
                let reply = try server.deliver(body, signature: signature)
                #expect(reply.isError(401, "INVALID_SIGNATURE"), "\(signature)")
            }
            let unsigned = HTTPRequest(method: "POST", path: "/api/webhook", body: body)
            #expect(try exchange(unsigned, port: server.port).isError(401, "INVALID_SIGNATURE"))
            #expect(try server.claim(session).status == 202)
            try expectConfirmable(server, session, phone)
        }
    }

    private func expectConfirmable(
        _ server: LiveServer, _ session: String, _ phone: Phone
    ) throws {
        let body = Webhook.tap(try phone.prompt().confirm, by: phone.digits, id: "wamid.right")
        #expect(try server.deliver(body).status == 200)
        #expect(try server.claim(session).isSuccess("Login confirmed"))
    }
}
