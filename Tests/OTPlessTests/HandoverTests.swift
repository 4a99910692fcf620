import Loop
import OTPless
import TestSupport
import Testing

/// Tokens are handed to whoever waits, and to nobody else.
struct HandoverTests {
    @Test(arguments: StoreKind.allCases)
    func `tokens that no page took are ended, and a page that comes back gets others`(
        _ kind: StoreKind
    ) async throws {
        try await Service.run(on: kind) { service in
            let (session, family) = try await confirmed(.leaving, service)
            #expect(try await service.store.family(family)?.endedAt != nil)
            let grant = try await service.collect(session)
            #expect(grant.family != family)
            #expect(try await service.store.family(grant.family)?.endedAt == nil)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `tokens of a waiting page are the login's`(_ kind: StoreKind) async throws {
        try await Service.run(on: kind) { service in
            let (_, family) = try await confirmed(.there, service)
            #expect(try await service.store.family(family)?.endedAt == nil)
        }
    }

    /// A login that its phone has confirmed while such a page waited, and the family made for it.
    private func confirmed(
        _ page: Service.Page, _ service: Service
    ) async throws -> (session: String, family: FamilyID) {
        service.page.withLock { $0 = page }
        let (session, prompt) = try await service.start()
        try await service.tap(prompt.confirm)
        let login = try await service.app.logins.find(session)
        return (session, try #require(login.family))
    }

    @Test(arguments: StoreKind.allCases)
    func `a login hands out a hundred pairs at most`(_ kind: StoreKind) async throws {
        try await Service.run(on: kind) { service in
            let (session, prompt) = try await service.start()
            try await service.tap(prompt.confirm)
            for _ in 0..<Login.mostHandovers { _ = try await service.collect(session) }
            guard case .over = try await service.outcome(of: session) else {
                throw UnexpectedOutcome()
            }
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `an answer in time counts for a page that looked before its commit and asks after the end`(
        _ kind: StoreKind
    ) async throws {
        try await Service.run(on: kind) { service in
            let (session, prompt) = try await service.start()
            let before = try await service.app.logins.find(session)
            service.clock.advance(by: .seconds(299))
            try await service.tap(prompt.confirm)
            service.clock.advance(by: .seconds(2))
            guard case .confirmed = try await service.app.logins.outcome(of: before) else {
                throw UnexpectedOutcome()
            }
        }
    }
}
