import TestSupport
import Testing

/// What was answered survives `kill -9`.
@Suite(.blocking, .timeLimit(.minutes(5)))
struct CrashTests {
    @Test func `a confirmation that was taken is collected after a crash`() async throws {
        try await withServer { server in
            let session = try server.initiate("+16505550142")
            let phone = server.whatsApp.phone("16505550142")
            let body = Webhook.tap(try phone.prompt().confirm, by: phone.digits, id: "wamid.1")
            #expect(try server.deliver(body).isSuccess("Webhook received successfully"))
            try server.killAndRestart()
            let page = try server.page(session)
            let event = try page.nextEvent()
            #expect(event["event"].text == "auth_success")
            try page.send(#"{"event":"ack"}"#)
            #expect(try page.next() == .close(1000))
            let signedIn = try Session(event["data"])
            #expect(try server.me(signedIn.accessToken).status == 200)
        }
    }

    @Test func `a login that was started is confirmed after a crash`() async throws {
        try await withServer { server in
            let session = try server.initiate("+16505550142")
            try server.killAndRestart()
            let page = try server.page(session)
            #expect(try page.nextEvent()["event"].text == "pending")
            try server.whatsApp.phone("16505550142").tapConfirm()
            #expect(try page.nextEvent("auth_success")["statusCode"] == .number(200))
        }
    }

    @Test func `a tap that finds the server down is taken once it is up`() async throws {
        try await withServer { server in
            let session = try server.initiate("+16505550142")
            try server.kill()
            // WhatsApp repeats a webhook that nobody took.
            try server.whatsApp.phone("16505550142").tapConfirm()
            try server.restart()
            #expect(try server.page(session).nextEvent("auth_success")["event"].text != nil)
        }
    }

    @Test func `a denial survives a crash`() async throws {
        try await withServer { server in
            let session = try server.initiate("+16505550142")
            let phone = server.whatsApp.phone("16505550142")
            let prompt = try phone.prompt()
            let no = Webhook.tap(prompt.deny, by: phone.digits, id: "wamid.1")
            #expect(try server.deliver(no).status == 200)
            try server.killAndRestart()
            let yes = Webhook.tap(prompt.confirm, by: phone.digits, id: "wamid.2")
            #expect(try server.deliver(yes).status == 200)
            #expect(try server.claim(session).isError(403, "LOGIN_DENIED"))
        }
    }

    @Test func `tokens work after a crash`() async throws {
        try await withServer { server in
            let old = try server.signIn("16505550142")
            try server.killAndRestart()
            #expect(try server.me(old.accessToken).status == 200)
            let first = try server.refresh(old.refreshToken)
            #expect(first.isSuccess("Tokens refreshed successfully"))
            try server.killAndRestart()
            // The reply may have been lost in the crash: the same successor once more.
            let second = try server.refresh(old.refreshToken)
            #expect(second.json["data"]["refreshToken"] == first.json["data"]["refreshToken"])
            let fresh = try Session(second.json["data"], user: old.userID)
            #expect(try server.refresh(fresh.refreshToken).status == 200)
        }
    }

    @Test func `an access token of an ended login stays refused after a crash`() async throws {
        try await withServer { server in
            let session = try server.signIn("16505550142")
            #expect(try server.logout(session).status == 200)
            try server.killAndRestart()
            #expect(try server.me(session.accessToken).isError(401, "INVALID_TOKEN"))
            #expect(
                try server.refresh(session.refreshToken).isError(401, "INVALID_REFRESH_TOKEN"))
        }
    }

    @Test func `a name survives a crash`() async throws {
        try await withServer { server in
            let session = try server.signIn("16505550142")
            let renamed = try server.call(
                "PUT", "/api/user/me", #"{"name":"Ada"}"#, bearer: session.accessToken)
            #expect(renamed.status == 200)
            try server.killAndRestart()
            #expect(try server.me(session.accessToken).json["data"]["name"].text == "Ada")
        }
    }
}
