import Loop
import OTPless
import TestSupport
import Testing

/// Somebody sets the clock: by an hour, by a day, or to 1970, and perhaps back again.
struct ClockTests {
    private static let steps: [Duration] = [
        .seconds(-5), .seconds(-3600), .seconds(-86_400), .seconds(-400 * 86_400),
    ]

    @Test(arguments: steps, 0..<4)
    func `a login goes on when the clock is set back in the middle of it`(
        step: Duration, stage: Int
    ) async throws {
        try await Service.run { service in
            func reach(_ current: Int) { if current == stage { service.clock.advance(by: step) } }
            let (session, prompt) = try await service.start()
            reach(0)
            guard case .pending = try await service.outcome(of: session) else {
                throw UnexpectedOutcome()
            }
            try await service.tap(prompt.confirm)
            reach(1)
            let first = try await service.collect(session)
            reach(2)
            let grant = try await service.collect(session)
            #expect(service.isRefused(first.accessToken))
            try await service.app.logins.acknowledge(try await service.app.logins.find(session))
            reach(3)
            let fresh = try await service.app.tokens.refresh(grant.refreshToken, user: nil)
            #expect(!service.isRefused(grant.accessToken))
            #expect(!service.isRefused(fresh.accessToken))
            // A page that has its tokens gets no others.
            guard case .over = try await service.outcome(of: session) else {
                throw UnexpectedOutcome()
            }
        }
    }

    @Test(arguments: [-5, 0, 5])
    func `a refresh is repeated although the clock was corrected by seconds`(seconds: Int)
        async throws
    {
        try await Service.run { service in
            let grant = try await service.signIn()
            let fresh = try await service.app.tokens.refresh(grant.refreshToken, user: nil)
            service.clock.advance(by: .seconds(seconds))
            let again = try await service.app.tokens.refresh(grant.refreshToken, user: nil)
            #expect(again.refreshToken == fresh.refreshToken)
        }
    }

    @Test(arguments: steps + steps.map { .zero - $0 })
    func `what has ended stays ended when the clock is set`(step: Duration) async throws {
        try await Service.run { service in
            let (session, cancelled) = try await service.start()
            try await service.app.logins.cancel(try await service.app.logins.find(session).id)
            let failed = try await service.startInVain()
            let (_, denied) = try await service.start()
            try await service.tap(denied.deny)
            let grant = try await service.signIn(phone: "16505550199")
            try await service.logOut(grant)
            for move in [step, .zero - step, step] {
                service.clock.advance(by: move)
                let before = service.hints.all.count
                for prompt in [denied, cancelled, failed] { try await service.tap(prompt.confirm) }
                #expect(service.hints.all.count == before)
                #expect(service.isRefused(grant.accessToken))
                let refreshed = try await failure {
                    _ = try await service.app.tokens.refresh(grant.refreshToken, user: nil)
                }
                #expect(refreshed?.code == .invalidRefreshToken)
                // And nobody else is kept out.
                try await service.logOut(try await service.signIn(phone: "16505550177"))
            }
        }
    }

    @Test func `a tap counts once, however the clock is set`() async throws {
        try await Service.run { service in
            let (session, prompt) = try await service.start()
            try await service.tap(prompt.confirm, id: "in.1")
            for step in Self.steps {
                service.clock.advance(by: step)
                try await service.tap(prompt.confirm, id: "in.1")
                try await service.tap(prompt.confirm, id: "in.2")
                service.clock.advance(by: .zero - step)
            }
            #expect(service.hints.all.count == 1)
            _ = try await service.collect(session)
        }
    }

    @Test func `while the clock is an hour ahead nothing is confirmed, and then all is as before`()
        async throws
    {
        try await Service.run { service in
            let grant = try await service.signIn(phone: "16505550199")
            let (session, prompt) = try await service.start()
            service.clock.advance(by: .seconds(3600))
            try await service.tap(prompt.confirm, id: "in.1")
            #expect(service.isRefused(grant.accessToken))
            let asked = try await failure { _ = try await service.outcome(of: session) }
            #expect(asked?.code == .sessionNotFound)
            service.clock.advance(by: .seconds(-3600))
            guard case .pending = try await service.outcome(of: session) else {
                throw UnexpectedOutcome()
            }
            #expect(!service.isRefused(grant.accessToken))
            _ = try await service.app.tokens.refresh(grant.refreshToken, user: nil)
        }
    }

    @Test func `ids stay unique when the same milliseconds come again`() async throws {
        try await Service.run { service in
            var ids: Set<LoginID> = []
            for round in 0..<200 {
                let session = try await service.start(phone: "1650555\(1000 + round)").session
                ids.insert(try await service.app.logins.find(session).id)
                service.clock.advance(by: .milliseconds(round % 2 == 0 ? -1 : 1))
            }
            #expect(ids.count == 200)
        }
    }

    @Test(arguments: [Int64.min, -1, 0, 1, Int64.max])
    func `no time at all makes the rules trap`(milliseconds: Int64) async throws {
        try await Service.run { service in
            let (session, prompt) = try await service.start()
            let grant = try await service.signIn(phone: "16505550199")
            service.clock.set(Timestamp(milliseconds: milliseconds))
            _ = try? await service.start()
            try await service.tap(prompt.confirm)
            _ = try? await service.outcome(of: session)
            _ = try? await service.app.tokens.refresh(grant.refreshToken, user: nil)
            _ = service.isRefused(grant.accessToken)
            try? await service.logOut(grant)
        }
    }
}

extension Service {
    /// Starts a login whose message is not sent; the message.
    fileprivate func startInVain() async throws -> Prompt {
        messenger.fail(with: "down")
        let failed = try await failure { _ = try await start() }
        #expect(failed?.code == .messageSendFailed)
        messenger.fail(with: nil)
        return try #require(messenger.prompts.last)
    }

    func isRefused(_ accessToken: String) -> Bool {
        do throws(Failure) {
            _ = try app.tokens.caller(authorization: Service.bearer(accessToken))
            return false
        } catch {
            return true
        }
    }

    func logOut(_ grant: Grant) async throws {
        try await app.tokens.logout(
            user: grant.user.id.description, refreshToken: grant.refreshToken, authorization: nil,
            scope: .current)
    }
}
