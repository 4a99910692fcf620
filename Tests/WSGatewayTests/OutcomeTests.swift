import OTPless
import TestSupport
import Testing
import Wire

/// What a page that waits hears.
struct OutcomeTests {
    @Test func `a page hears at once that its login is pending`() async throws {
        try await withGateway { rig in
            let login = try await rig.start()
            let event = try await rig.connect(login).event()
            #expect(event.name == "pending" && event.status == 202)
            #expect(event.message == "Waiting for confirmation")
            #expect(event.text("sessionId") == login.session)
            #expect(event["expiresAt"]?.integer == login.expiresAt.seconds)
            #expect(event.text("delivery") == "queued")
        }
    }

    @Test func `a confirmed login brings its tokens, and the ack closes 1000`() async throws {
        try await withGateway { rig in
            let (login, page) = try await rig.wait()
            try await rig.answer(login, \.confirm)
            let event = try await page.event()
            #expect(event.name == "auth_success" && event.status == 200)
            #expect(event.message == "Login confirmed")
            #expect(event.text("tokenType") == "Bearer" && event["expiresIn"]?.integer == 900)
            #expect(event["isNewUser"]?.bool == true)
            let user = try #require(event["user"])
            #expect(user["id"]?.string == event.text("userId"))
            #expect(user["phoneNumber"]?.equals("+16505550142") == true)
            #expect(user["name"]?.isNull == true && user["createdAt"]?.integer != nil)
            let token = try #require(event.text("accessToken"))
            let caller = try rig.app.tokens.caller(
                authorization: Array("Bearer \(token)".utf8)[...])
            #expect(caller.user.description == event.text("userId"))
            try page.acknowledge()
            #expect(try await page.closing() == 1000)
            let refusal = try await rig.refusal(login)
            #expect(refusal.status == 410 && refusal.text == "SESSION_EXPIRED")
        }
    }

    @Test func `an ack before the confirmation does nothing`() async throws {
        try await withGateway { rig in
            let (login, page) = try await rig.wait()
            for text in [#"{"event":"ack"}"#, "", "ack", #"{"event":7}"#, "[]"] {
                try page.send(.text(text))
            }
            try await rig.answer(login, \.confirm)
            #expect(try await page.event().name == "auth_success")
            try page.send(.text("not an ack"))
            try page.send(.ping([1]))
            #expect(try await page.frame().opcode == 10, "still open")
        }
    }

    @Test func `a denied login says so and closes 1000`() async throws {
        try await withGateway { rig in
            let (login, page) = try await rig.wait()
            try await rig.answer(login, \.deny)
            let event = try await page.event()
            #expect(event.name == "auth_denied" && event.status == 403)
            #expect(event.code == "LOGIN_DENIED")
            #expect(try await page.closing() == 1000)
        }
    }

    @Test func `a login whose message failed says so and closes 1000`() async throws {
        try await withGateway { rig in
            let (login, page) = try await rig.wait()
            try await rig.report(login, .failed(.refused))
            let event = try await page.event()
            #expect(event.name == "auth_failed" && event.status == 502)
            #expect(event.code == "MESSAGE_UNDELIVERABLE")
            #expect(try await page.closing() == 1000)
        }
    }

    @Test func `a cancelled login says so and closes 1000`() async throws {
        try await withGateway { rig in
            let (login, page) = try await rig.wait()
            try await rig.app.logins.cancel(login.id)
            let event = try await page.event()
            #expect(event.name == "auth_cancelled" && event.status == 410)
            #expect(event.code == "SESSION_CANCELLED")
            #expect(try await page.closing() == 1000)
        }
    }

    @Test func `a login that runs out says so by itself and closes 1000`() async throws {
        try await withGateway(lifetime: .milliseconds(300)) { rig in
            let page = try await rig.connect(try await rig.start())
            var event = try await page.event()
            // On a busy machine it may be over before the page is there.
            if event.name == "pending" { event = try await page.event() }
            #expect(event.name == "auth_expired" && event.status == 410)
            #expect(event.code == "SESSION_EXPIRED")
            #expect(try await page.closing() == 1000)
        }
    }

    @Test func `an outcome known before the page came is told at once`() async throws {
        let clock = TestClock()
        try await withGateway(clock: clock) { rig in
            let confirmed = try await rig.start()
            try await rig.answer(confirmed, \.confirm)
            #expect(try await rig.connect(confirmed).event().name == "auth_success")
            let denied = try await rig.start()
            try await rig.answer(denied, \.deny)
            #expect(try await rig.connect(denied).event().name == "auth_denied")
            // After a deny the next prompt has to wait.
            clock.advance(by: .seconds(600))
            let cancelled = try await rig.start()
            try await rig.app.logins.cancel(cancelled.id)
            #expect(try await rig.connect(cancelled).event().name == "auth_cancelled")
            let expired = try await rig.start()
            clock.advance(by: .seconds(300))
            let page = try await rig.connect(expired)
            #expect(try await page.event().name == "auth_expired")
            #expect(try await page.closing() == 1000)
        }
    }

    @Test func `ten minutes after its end nothing is said of a login`() async throws {
        let clock = TestClock()
        try await withGateway(clock: clock) { rig in
            let login = try await rig.start()
            try await rig.answer(login, \.deny)
            clock.advance(by: .seconds(599))
            #expect(try await rig.connect(login).event().name == "auth_denied")
            clock.advance(by: .seconds(1))
            let refusal = try await rig.refusal(login)
            #expect(refusal.status == 404 && refusal.text == "SESSION_NOT_FOUND")
        }
    }

    @Test func `tokens are to be had for two minutes, even beyond the login's time`() async throws {
        let clock = TestClock()
        try await withGateway(clock: clock) { rig in
            let login = try await rig.start()
            clock.advance(by: .seconds(299))
            try await rig.answer(login, \.confirm)
            clock.advance(by: .seconds(119))
            #expect(try await rig.connect(login).event().name == "auth_success")
            clock.advance(by: .seconds(1))
            #expect(try await rig.refusal(login).text == "SESSION_EXPIRED")
        }
    }

    @Test func `progress of the message is told, and never goes back`() async throws {
        try await withGateway { rig in
            let login = try await rig.start()
            let page = try await rig.connect(login)
            #expect(try await page.event().text("delivery") == "queued")
            for (stage, word) in [
                (Login.Delivery.sent, "sent"), (.delivered, "delivered"), (.read, "read"),
            ] {
                try await rig.report(login, .reached(stage))
                try await rig.report(login, .reached(.queued))
                let event = try await page.event()
                #expect(event.name == "delivery" && event.status == 202)
                #expect(event.message == "Delivery updated" && event.text("delivery") == word)
            }
            try await rig.report(login, .reached(.delivered))
            rig.events.hear(LoginEvent(login.id))
            try await rig.answer(login, \.confirm)
            #expect(try await page.event().name == "auth_success")
        }
    }
}
