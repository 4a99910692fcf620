import OTPless
import TestSupport
import Testing

/// The clock is set, and something that was over must not come back or be forgotten for it.
struct ClockStepTests {
    @Test func `a logout after the clock was set back outlives a restart`() async throws {
        try await Service.run { service in
            let grant = try await service.signIn()
            service.clock.advance(by: .seconds(-3600))
            try await service.logOut(grant)
            // By this clock the token has an hour to go.
            service.clock.advance(by: .seconds(1200))
            #expect(service.isRefused(grant.accessToken))
            let isRefused = try await service.restarted().isRefused(grant.accessToken)
            #expect(isRefused)
        }
    }

    @Test func `a logout is remembered by a server that starts while the clock is ahead`()
        async throws
    {
        try await Service.run { service in
            let grant = try await service.signIn()
            try await service.logOut(grant)
            service.clock.advance(by: .seconds(3600))
            let restarted = try await service.restarted()
            service.clock.advance(by: .seconds(-3540))
            let isRefused = restarted.isRefused(grant.accessToken)
            #expect(isRefused)
        }
    }

    @Test func `a used token is not taken for a repetition because the clock was set back`()
        throws
    {
        let key = try Sample.key()
        let (made, first) = try Sample.family()
        var family = made
        _ = family.redeem(first, key: key, idle: .seconds(3600), at: Sample.start)
        let later = Sample.start + .seconds(-3600 + 30)
        #expect(family.redeem(first, key: key, idle: .seconds(3600), at: later).successor == nil)
    }

    @Test func `a used token is not taken for a later one because the clock was set back`() throws {
        let key = try Sample.key()
        let (made, first) = try Sample.family()
        var family = made
        var (tokens, now) = ([first], Sample.start)
        for pause in [0, -3600, 20, 0] {
            now = now + .seconds(pause)
            let redemption = family.redeem(
                try #require(tokens.last), key: key, idle: .seconds(3600), at: now)
            tokens.append(try #require(redemption.successor))
        }
        // Used 20 s ago; in a list with a hole its time would be that of its predecessor's.
        #expect(family.redeem(tokens[1], key: key, idle: .seconds(3600), at: now).successor == nil)
    }

    @Test func `a clock that stands at 1970 forgets nobody`() async throws {
        try await Service.run { service in
            let grant = try await service.signIn()
            let session = try await service.start().session
            let now = service.clock.now
            service.clock.set(Timestamp(seconds: 60))
            _ = try await service.store.sweep(at: service.clock.now)
            service.clock.set(now)
            _ = try await service.app.logins.find(session)
            _ = try await service.app.tokens.refresh(grant.refreshToken, user: nil)
        }
    }
}

extension Service {
    /// Another process with the same store, as it starts now.
    fileprivate func restarted() async throws -> Tokens {
        try await App(
            config: config, store: store, messenger: messenger, events: LoginEvents(), log: Log(),
            clock: clock
        ).tokens
    }
}

extension Tokens {
    fileprivate func isRefused(_ accessToken: String) -> Bool {
        do throws(Failure) {
            _ = try caller(authorization: Service.bearer(accessToken))
            return false
        } catch {
            return true
        }
    }
}
