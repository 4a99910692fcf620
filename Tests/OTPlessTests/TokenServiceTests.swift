import OTPless
import TestSupport
import Testing

struct TokenServiceTests {
    @Test(
        arguments: [
            nil, "", "Bearer", "Bearer ", "Bearer    ", "bearer", "Basic abc", "Bearerabc",
            "Token abc",
            "Bearer a b", " Bearer a", "Bearer\ta",
        ] as [String?])
    func `an absent or malformed header is told apart from a bad token`(
        _ header: String?
    ) async throws {
        try await Service.run { service in
            let bytes = header.map { Array($0.utf8)[...] }
            let failed = try await failure {
                _ = try service.app.tokens.caller(authorization: bytes)
            }
            #expect(failed == Failure(.missingAuthorization))
        }
    }

    @Test(arguments: ["Bearer x", "bearer x.y.z", "BEARER  x", "Bearer \u{0}", "Bearer x\t"])
    func `a token that is none of ours is invalid`(_ header: String) async throws {
        try await Service.run { service in
            let failed = try await failure {
                _ = try service.app.tokens.caller(authorization: Array(header.utf8)[...])
            }
            #expect(failed == Failure(.invalidToken))
        }
    }

    @Test func `the scheme's name may be written in any case`() async throws {
        try await Service.run { service in
            let token = try await service.signIn().accessToken
            for scheme in ["Bearer ", "bearer ", "BEARER ", "bEaReR   "] {
                _ = try service.app.tokens.caller(authorization: Array((scheme + token).utf8)[...])
            }
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a refresh gives a new pair, a repetition the same refresh token`(
        _ kind: StoreKind
    ) async throws {
        try await Service.run(on: kind) { service in
            let tokens = service.app.tokens
            let grant = try await service.signIn()
            let user = grant.user.id.description
            let next = try await tokens.refresh(grant.refreshToken, user: nil)
            service.clock.advance(by: .milliseconds(9999))
            let again = try await tokens.refresh(grant.refreshToken, user: user)
            #expect(next.refreshToken == again.refreshToken)
            #expect(next.accessToken != again.accessToken)
            service.clock.advance(by: .milliseconds(1))
            let late = try await failure {
                _ = try await tokens.refresh(grant.refreshToken, user: nil)
            }
            #expect(late == Failure(.invalidRefreshToken))
            for access in [grant, next, again].map(\.accessToken) {
                let ended = try await failure {
                    _ = try tokens.caller(authorization: Service.bearer(access))
                }
                #expect(ended?.code == .invalidToken)
            }
            let dead = try await failure {
                _ = try await tokens.refresh(next.refreshToken, user: nil)
            }
            #expect(dead == Failure(.invalidRefreshToken))
        }
    }

    @Test func `another user's id rotates and ends nothing`() async throws {
        try await Service.run { service in
            let tokens = service.app.tokens
            let grant = try await service.signIn()
            let other = try await service.signIn(phone: "26505550142").user.id.description
            for user in [other, "", "x", grant.user.id.description.uppercased()] {
                let failed = try await failure {
                    _ = try await tokens.refresh(grant.refreshToken, user: user)
                }
                #expect(failed == Failure(.invalidRefreshToken))
            }
            // Had one of them rotated, this would be a repetition.
            service.clock.advance(by: .seconds(60))
            _ = try await tokens.refresh(grant.refreshToken, user: grant.user.id.description)
        }
    }

    @Test func `a name changed since shows in the next access token`() async throws {
        try await Service.run { service in
            let grant = try await service.signIn()
            _ = try await service.app.users.rename(grant.user.id, to: "Grace")
            let next = try await service.app.tokens.refresh(grant.refreshToken, user: nil)
            #expect(next.user.name == "Grace")
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `ended logins stay ended for a new process`(_ kind: StoreKind) async throws {
        try await Service.run(on: kind) { service in
            let ended = try await service.signIn()
            let live = try await service.signIn()
            try await service.app.tokens.logout(
                user: ended.user.id.description, refreshToken: ended.refreshToken,
                authorization: nil, scope: .all)
            let tokens = try await service.restarted().tokens
            let failed = try await failure {
                _ = try tokens.caller(authorization: Service.bearer(ended.accessToken))
            }
            #expect(failed?.code == .invalidToken)
            _ = try tokens.caller(authorization: Service.bearer(live.accessToken))
            // Repetitions are recognised too: the key is the store's.
            _ = try await tokens.refresh(live.refreshToken, user: nil)
        }
    }

    @Test func `ended logins stay ended when the lifetime of tokens is shortened`() async throws {
        try await Service.run { service in
            let grant = try await service.signIn()
            try await service.app.tokens.logout(
                user: grant.user.id.description, refreshToken: grant.refreshToken,
                authorization: nil, scope: .all)
            service.clock.advance(by: .seconds(60))
            var config = service.config
            config.tokens.accessLifetime = .seconds(30)
            let tokens = try await service.restarted(with: config).tokens
            let failed = try await failure {
                _ = try tokens.caller(authorization: Service.bearer(grant.accessToken))
            }
            #expect(failed?.code == .invalidToken)
        }
    }
}

extension Service {
    /// A new process on the same store.
    func restarted(with config: Config? = nil) async throws -> App {
        try await App(
            config: config ?? self.config, store: store, messenger: messenger,
            events: LoginEvents(),
            log: Log(), clock: clock, entropy: .seeded(2))
    }
}
