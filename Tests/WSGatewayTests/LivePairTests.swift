import OTPless
import TestSupport
import Testing
import WSGateway
import Wire

/// Whoever waits now has the tokens that count.
struct LivePairTests {
    @Test func `an ack counts for the pair that was handed over last`() async throws {
        try await withGateway { rig in
            let login = try await rig.start()
            try await rig.answer(login, \.confirm)
            let page = try await rig.connect(login)
            #expect(try await page.event().name == "auth_success")
            // The same page asks over HTTP as well, and gets another pair.
            let pair = try await claim(login, rig)
            try page.acknowledge()
            #expect(try await page.closing() == 1000)
            #expect(try live(pair, rig))
            #expect(try live(try await claim(login, rig), rig))
        }
    }

    @Test func `a pair that was claimed over HTTP is not taken back by a page that looks again`()
        async throws
    {
        try await withGateway { rig in
            let (login, page) = try await rig.wait()
            try await rig.answer(login, \.confirm)
            #expect(try await page.event().name == "auth_success")
            let pair = try await claim(login, rig)
            // As after another process's change, or when this node has not heard of the others for a while.
            rig.gateway.lookAgain()
            try page.acknowledge()
            #expect(try await page.closing() == 1000)
            #expect(try live(pair, rig))
        }
    }

    @Test func `a deny after the confirmation reaches the page that still waits`() async throws {
        try await withGateway { rig in
            let login = try await rig.start()
            try await rig.answer(login, \.confirm)
            let page = try await rig.connect(login)
            let granted = try await page.event()
            let deny = InboundMessage(
                id: "wamid.late", sender: login.prompt.phone?.digits ?? "", sentAt: nil,
                content: .button(login.prompt.deny))
            try await rig.app.logins.receive([deny], on: rig.loop)
            #expect(try await page.event().name == "auth_denied")
            #expect(try await page.closing() == 1000)
            #expect(try !live(try #require(granted.text("accessToken")), rig))
        }
    }

    @Test func `pages that come while the phone confirms leave the last one with a live pair`()
        async throws
    {
        try await withGateway { rig in
            for _ in 0..<30 {
                let login = try await rig.start()
                let first = try await rig.connect(login)
                async let answered: Void = rig.answer(login, \.confirm)
                let second = try await rig.connect(login)
                let last = try await rig.connect(login)
                try await answered
                // A pair that a replaced page has ended is followed by another.
                while try await !isLive(last.event(), rig) {}
                _ = (first, second)
            }
        }
    }

    @Test
    func `the pair of the confirmation is the login's, until a page that comes later gets one`()
        async throws
    {
        try await withGateway { rig in
            let (login, page) = try await rig.wait()
            try await rig.answer(login, \.confirm)
            let granted = try await page.event()
            let first = try #require(granted.text("accessToken"))
            #expect(try live(first, rig))
            let later = try await rig.connect(login)
            let second = try #require(try await later.event().text("accessToken"))
            #expect(try live(second, rig) && !live(first, rig))
        }
    }

    @Test func `a tap that is taken back in the same delivery is told as denied alone`()
        async throws
    {
        try await withGateway { rig in
            let (login, page) = try await rig.wait()
            let messages = [login.prompt.confirm, login.prompt.deny].map { payload in
                InboundMessage(
                    id: "wamid.\(payload.verb)", sender: login.prompt.phone?.digits ?? "",
                    sentAt: nil,
                    content: .button(payload))
            }
            try await rig.app.logins.receive(messages, on: rig.loop)
            #expect(try await page.event().name == "auth_denied")
            #expect(try await page.closing() == 1000)
        }
    }

    @Test func `a page without its verifier gets no pair made, however early the phone confirms`()
        async throws
    {
        try await withGateway { rig in
            let login = try await rig.start(Rig.challenge)
            let page = try await rig.connect(login)
            try await rig.answer(login, \.confirm)
            #expect(try await rig.app.logins.read(login.id)?.family == nil)
            try page.hello(Rig.verifier)
            let token = try #require(try await page.event().text("accessToken"))
            #expect(try live(token, rig))
        }
    }

    private func isLive(_ event: Event, _ rig: Rig) throws -> Bool {
        guard event.name == "auth_success" else { return false }
        return try live(try #require(event.text("accessToken")), rig)
    }

    private func claim(_ login: Started, _ rig: Rig) async throws -> String {
        let found = try await rig.app.logins.find(login.session)
        guard case .confirmed(let grant, _) = try await rig.app.logins.outcome(of: found) else {
            throw Rig.Unusable()
        }
        return grant.accessToken
    }

    private func live(_ token: String, _ rig: Rig) throws -> Bool {
        do throws(Failure) {
            _ = try rig.app.tokens.caller(authorization: Array("Bearer \(token)".utf8)[...])
            return true
        } catch {
            return false
        }
    }
}
