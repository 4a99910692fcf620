import OTPless
import TestSupport
import Testing

/// Tokens that are asked for at two nodes at once.
@Suite(.blocking, .postgres, .timeLimit(.minutes(2)))
struct NodeTokenTests {
    private static let rounds = 20

    @Test func `64 refreshes through two nodes at once get one and the same successor`()
        async throws
    {
        try await TwoNodes.use { nodes in
            let (family, token) = try await nodes.one.signIn()
            let successors = try await nodes.atOnce(64) { store, _ in
                try await Self.redeem(token, store)
            }
            #expect(Set(successors).count == 1 && !successors.contains(nil))
            for store in [nodes.one, nodes.other] {
                #expect(try await store.family(family.id)?.generation == 1)
            }
            #expect(nodes.conflicts == 0)
        }
    }

    @Test func `a login that is collected at both nodes at once has one live family`()
        async throws
    {
        try await TwoNodes.use { nodes in
            let (login, user) = try await nodes.one.insertConfirmed()
            let ended = try await nodes.atOnce(20) { store, _ -> FamilyID? in
                guard case .collected(_, _, let ended) = try await Self.collect(login, user, store)
                else { throw UnexpectedOutcome() }
                return ended
            }
            #expect(Set(ended).count == 20, "each ends the one before")
            let last = try #require(try await nodes.other.login(login)?.family)
            #expect(try nodes.count("families") == 20)
            #expect(try nodes.count("families WHERE ended_at IS NULL") == 1)
            #expect(try await nodes.one.family(last)?.endedAt == nil)
            #expect(nodes.conflicts == 0)
        }
    }

    @Test func `a page that has been replaced by another node's gets no tokens, and ends none`()
        async throws
    {
        try await TwoNodes.use { nodes in
            let (login, user) = try await nodes.one.insertConfirmed()
            let (here, there) = (
                NodeID.make(at: Sample.start, .system), NodeID.make(at: Sample.start, .system)
            )
            for (store, node) in [(nodes.one, here), (nodes.other, there)] {
                _ = try await store.attach(login, to: node, while: { true })
            }
            let newer = PagePlace(node: there, isThere: { true })
            guard case .collected = try await Self.collect(login, user, nodes.other, newer) else {
                throw UnexpectedOutcome()
            }
            let family = try #require(try await nodes.one.login(login)?.family)
            for page in [
                PagePlace(node: here, isThere: { true }),
                PagePlace(node: there, isThere: { false }),
            ] {
                guard case .replaced = try await Self.collect(login, user, nodes.one, page) else {
                    throw UnexpectedOutcome()
                }
            }
            #expect(try await nodes.one.family(family)?.endedAt == nil)
            #expect(try nodes.count("families") == 1)
        }
    }

    /// Both change the login and its family, each with the other in mind.
    @Test func `refreshes and claims of a login at two nodes are not in each other's way`()
        async throws
    {
        try await TwoNodes.use { nodes in
            for round in 0..<Self.rounds {
                let phone = Self.phone(round)
                let (family, token) = try await nodes.one.signIn(phone: phone)
                _ = try await nodes.atOnce(8) { store, index in
                    if index / 2 % 2 == 0 {
                        _ = try await Self.redeem(token, store)
                    } else {
                        _ = try await Self.collect(family.login, family.user, store)
                    }
                }
                let login = "(SELECT id FROM logins WHERE phone = '\(phone)')"
                #expect(
                    try nodes.count("families WHERE ended_at IS NULL AND login = \(login)") == 1)
            }
            #expect(nodes.conflicts == 0)
        }
    }

    @Test(arguments: [true, false])
    func `logouts and claims of a login at two nodes are not in each other's way`(
        _ endsAll: Bool
    ) async throws {
        try await TwoNodes.use { nodes in
            for round in 0..<Self.rounds {
                let (family, _) = try await nodes.one.signIn(phone: Self.phone(round))
                _ = try await nodes.atOnce(8) { store, index in
                    if index / 2 % 2 == 0 {
                        _ = try await Self.collect(family.login, family.user, store)
                    } else if endsAll {
                        _ = try await store.endFamilies(of: family.user, at: Sample.start)
                    } else {
                        _ = try await store.end(family.id, at: Sample.start)
                    }
                }
            }
            #expect(nodes.conflicts == 0)
        }
    }

    @Test func `an account that is deleted at both nodes at once was there for one of them`()
        async throws
    {
        try await TwoNodes.use { nodes in
            for round in 0..<Self.rounds {
                let (family, token) = try await nodes.one.signIn(phone: Self.phone(round))
                let deleted = try await nodes.atOnce { store, _ in
                    try await store.delete(family.user, at: Sample.start)
                }
                #expect(deleted.count { $0 == nil } == 1)
                #expect(deleted.contains { $0?.map(\.id) == [family.id] })
                #expect(try await Self.redeem(token, nodes.one) == nil)
            }
            #expect(try nodes.count("audit WHERE event = 'account.deleted'") == Self.rounds)
            #expect(nodes.conflicts == 0)
        }
    }

    @Test func `the installation's secret is the same for nodes that start at once`()
        async throws
    {
        try await TwoNodes.use { nodes in
            let secrets = try await nodes.atOnce(20) { store, index in
                try await store.secret("refresh", candidate: [UInt8(index)])
            }
            #expect(Set(secrets).count == 1)
        }
    }

    private static func phone(_ round: Int) -> String { "\(16_505_550_100 + round)" }

    private static func redeem(
        _ token: RefreshToken, _ store: any Store
    ) async throws -> String? {
        let redemption = try await store.redeem(
            token, user: nil, key: try Sample.key(), idle: .seconds(3600), at: Sample.start)
        guard case .successor(let token) = redemption.redemption else { return nil }
        return token.text
    }

    private static func collect(
        _ login: LoginID, _ user: UserID, _ store: any Store, _ page: PagePlace? = nil
    ) async throws -> Handover {
        let made = RefreshFamily.begin(
            id: .make(at: Sample.start, .system), user: user, login: login, key: try Sample.key(),
            at: Sample.start, .system)
        return try await store.collect(made.family, for: login, to: page, at: Sample.start)
    }
}
