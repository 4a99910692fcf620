import OTPless
import TestSupport
import Testing

/// CONTRACT, POST /api/auth/logout: what proves what, in which order it is checked, what ends.
struct LogoutServiceTests {
    @Test func `without any proof the header is missing`() async throws {
        try await Service.run { service in
            let grant = try await service.signIn()
            for header in [nil, "", "Basic x"] as [String?] {
                let failed = try await service.logout(
                    grant.user.id.description, nil, header: header)
                #expect(failed == Failure(.missingAuthorization))
            }
            #expect(try await service.isLive(grant))
        }
    }

    @Test func `a refresh token ends its login alone`() async throws {
        try await Service.run { service in
            let one = try await service.signIn()
            let two = try await service.signIn()
            let user = one.user.id.description
            #expect(try await service.logout(user, one.refreshToken) == nil)
            #expect(try await !service.isLive(one))
            #expect(try await service.isLive(two))
            // Repeated, and with a token of an ended login.
            #expect(try await service.logout(user, one.refreshToken) == nil)
        }
    }

    @Test func `a used, an ended and an expired refresh token log out too`() async throws {
        try await Service.run { service in
            let grant = try await service.signIn()
            let user = grant.user.id.description
            let next = try await service.app.tokens.refresh(grant.refreshToken, user: nil)
            service.clock.advance(by: .seconds(60))
            #expect(try await service.logout(user, grant.refreshToken) == nil)
            #expect(try await !service.isLive(next))
            #expect(try await service.logout(user, next.refreshToken) == nil)
            let idle = try await service.signIn()
            service.clock.advance(by: .seconds(31 * 86_400))
            #expect(try await service.logout(user, idle.refreshToken) == nil)
        }
    }

    @Test func `an access token ends all of the user's logins, or its own`() async throws {
        try await Service.run { service in
            let one = try await service.signIn()
            let two = try await service.signIn()
            let three = try await service.signIn()
            let stranger = try await service.signIn(phone: "26505550142")
            let user = one.user.id.description
            let current = try await service.logout(
                user, nil, header: "Bearer \(one.accessToken)", scope: .current)
            #expect(current == nil)
            #expect(try await !service.isLive(one))
            #expect(try await service.isLive(two))
            #expect(try await service.logout(user, nil, header: "Bearer \(two.accessToken)") == nil)
            #expect(try await !service.isLive(two))
            #expect(try await !service.isLive(three))
            #expect(try await service.isLive(stranger))
            // Its login has ended: it proves nothing any more.
            let again = try await service.logout(user, nil, header: "Bearer \(two.accessToken)")
            #expect(again == Failure(.invalidToken))
        }
    }

    @Test func `another user's proof ends nothing`() async throws {
        try await Service.run { service in
            let mine = try await service.signIn()
            let other = try await service.signIn(phone: "26505550142")
            let user = mine.user.id.description
            for wrong in [other.user.id.description, "x", user.uppercased()] {
                #expect(
                    try await service.logout(wrong, mine.refreshToken) == Failure(.unauthorized))
                for scope in [Tokens.Scope.all, .current] {
                    let failed = try await service.logout(
                        wrong, nil, header: "Bearer \(mine.accessToken)", scope: scope)
                    #expect(failed == Failure(.unauthorized))
                }
            }
            #expect(try await service.isLive(mine))
            #expect(try await service.isLive(other))
        }
    }

    @Test func `bad proofs have the codes of their kinds`() async throws {
        try await Service.run { service in
            let grant = try await service.signIn()
            let user = grant.user.id.description
            for bad in ["", "x", try Sample.family().token.text] {
                #expect(try await service.logout(user, bad) == Failure(.invalidRefreshToken))
            }
            let failed = try await service.logout(user, nil, header: "Bearer x")
            #expect(failed == Failure(.invalidToken))
            service.clock.advance(by: .seconds(900))
            let expired = try await service.logout(user, nil, header: "Bearer \(grant.accessToken)")
            #expect(expired == Failure(.invalidToken))
        }
    }

    @Test func `if both are given the refresh token decides`() async throws {
        try await Service.run { service in
            let one = try await service.signIn()
            let two = try await service.signIn()
            let user = one.user.id.description
            let header = "Bearer \(two.accessToken)"
            #expect(
                try await service.logout(user, "x", header: header)?.code == .invalidRefreshToken)
            #expect(try await service.isLive(two))
            #expect(try await service.logout(user, one.refreshToken, header: header) == nil)
            #expect(try await !service.isLive(one))
            #expect(try await service.isLive(two))
            // Not even a broken header matters then.
            #expect(try await service.logout(user, two.refreshToken, header: "Basic x") == nil)
        }
    }

    @Test func `a login that is logged out hands out no more tokens`() async throws {
        try await Service.run { service in
            let (session, prompt) = try await service.start()
            try await service.tap(prompt.confirm)
            let grant = try await service.collect(session)
            let user = grant.user.id.description
            #expect(
                try await service.logout(user, nil, header: "Bearer \(grant.accessToken)") == nil)
            let outcome = try await service.outcome(of: session)
            guard case .over = outcome else { throw UnexpectedOutcome() }
        }
    }

    @Test func `a store that is down has the code of the operation`() async throws {
        try await Service.run { service in
            let grant = try await service.signIn()
            let user = grant.user
            (service.store as? SQLiteStore)?.close()
            let header = "Bearer \(grant.accessToken)"
            let id = user.id.description
            #expect(try await service.logout(id, grant.refreshToken) == Failure(.logoutFailed))
            #expect(try await service.logout(id, nil, header: header) == Failure(.logoutFailed))
            let current = try await service.logout(id, nil, header: header, scope: .current)
            #expect(current == Failure(.logoutFailed))
            let renamed = try await failure {
                _ = try await service.app.users.rename(user.id, to: "x")
            }
            #expect(renamed == Failure(.updateFailed))
            let refreshed = try await failure {
                _ = try await service.app.tokens.refresh(grant.refreshToken, user: nil)
            }
            #expect(refreshed == Failure(.serviceUnavailable))
            let started = try await failure { _ = try await service.start() }
            #expect(started == Failure(.serviceUnavailable))
            // Nothing was sent for a login that is not stored.
            #expect(service.messenger.prompts.count == 1)
        }
    }
}

extension Service {
    func logout(
        _ user: String, _ refreshToken: String?, header: String? = nil,
        scope: Tokens.Scope = .all
    ) async throws -> Failure? {
        try await failure {
            try await app.tokens.logout(
                user: user, refreshToken: refreshToken,
                authorization: header.map { Array($0.utf8)[...] }, scope: scope)
        }
    }

    /// Whether a login's access token is accepted.
    func isLive(_ grant: Grant) async throws -> Bool {
        let refused = try await failure {
            _ = try app.tokens.caller(authorization: Service.bearer(grant.accessToken))
        }
        return refused == nil
    }
}
