import OTPless
import Testing

/// The store contract: refresh families.
struct StoreRefreshTests {
    private static let now = Sample.start
    private static let idle = Duration.seconds(30 * 86_400)

    @Test(arguments: StoreKind.allCases)
    func `a refresh rotates and shows that the pair arrived`(_ kind: StoreKind) async throws {
        try await kind.open { store in
            let (family, token) = try await store.signIn()
            let (redemption, user) = try await Self.redeem(token, store, after: .seconds(1))
            #expect(redemption.successor != nil)
            #expect(user?.id == family.user)
            #expect(try await store.family(family.id)?.generation == 1)
            #expect(try await store.login(family.login)?.acknowledgedAt == Self.now + .seconds(1))
            // Only the first refresh counts as the acknowledgement.
            let next = try #require(redemption.successor)
            _ = try await Self.redeem(next, store, after: .seconds(60))
            #expect(try await store.login(family.login)?.acknowledgedAt == Self.now + .seconds(1))
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `64 at once get one and the same successor`(_ kind: StoreKind) async throws {
        try await kind.open { store in
            let (family, token) = try await store.signIn()
            let texts = try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<64 {
                    group.addTask { try await Self.redeem(token, store).0.successor?.text }
                }
                return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
            }
            #expect(texts.count == 1)
            #expect(!texts.contains(nil))
            #expect(try await store.family(family.id)?.generation == 1)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a late repetition ends the family for good`(_ kind: StoreKind) async throws {
        try await kind.open { store in
            let (family, token) = try await store.signIn()
            let successor = try #require(try await Self.redeem(token, store).0.successor)
            #expect(try await Self.redeem(token, store, after: .seconds(10)).0.isReused)
            #expect(try await store.family(family.id)?.endedAt == Self.now + .seconds(10))
            #expect(try await Self.redeem(successor, store, after: .seconds(10)).0.isOver)
            let ended = try await store.families(endedSince: Self.now + .seconds(10))
            #expect(ended.map(\.id) == [family.id])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `another user's id or a forged token changes nothing`(_ kind: StoreKind) async throws {
        try await kind.open { store in
            let (family, token) = try await store.signIn()
            let (redemption, user) = try await Self.redeem(
                token, store, user: .make(at: Self.now, .system))
            #expect(redemption.isForged)
            #expect(user == nil)
            #expect(try await Self.redeem(Sample.family().token, store).0.isForged)
            var bytes = try #require(Base64URL.decode(token.text))
            bytes[51] ^= 1
            let forged = try #require(RefreshToken(Base64URL.encode(bytes)))
            #expect(try await Self.redeem(forged, store).0.isForged)
            let read = try #require(try await store.family(family.id))
            #expect(read.generation == 0 && read.endedAt == nil)
            #expect(try await store.login(family.login)?.acknowledgedAt == nil)
            #expect(try await Self.redeem(token, store, user: family.user).0.successor != nil)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a family ends once`(_ kind: StoreKind) async throws {
        try await kind.open { store in
            let (family, token) = try await store.signIn()
            #expect(try await store.end(family.id, at: Self.now + .seconds(5)))
            #expect(try await !store.end(family.id, at: Self.now + .seconds(6)))
            #expect(try await !store.end(.make(at: Self.now, .system), at: Self.now))
            #expect(try await store.family(family.id)?.endedAt == Self.now + .seconds(5))
            #expect(try await Self.redeem(token, store).0.isOver)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `ending a user's families leaves the others'`(_ kind: StoreKind) async throws {
        try await kind.open { store in
            let first = try await store.signIn().family
            let second = try await store.signIn().family
            let third = try await store.signIn().family
            let stranger = try await store.signIn(phone: "26505550142").family
            #expect(try await store.end(third.id, at: Self.now))
            let ended = try await store.endFamilies(of: first.user, at: Self.now + .seconds(1))
            #expect(Set(ended.map(\.id)) == [first.id, second.id])
            #expect(try await store.endFamilies(of: first.user, at: Self.now).isEmpty)
            #expect(try await store.family(stranger.id)?.endedAt == nil)
            let recent = try await store.families(endedSince: Self.now + .seconds(1))
            #expect(Set(recent.map(\.id)) == [first.id, second.id])
            #expect(try await store.families(endedSince: Self.now).count == 3)
            #expect(try await store.families(endedSince: Self.now + .seconds(2)).isEmpty)
        }
    }

    private static func redeem(
        _ token: RefreshToken, _ store: any Store, user: UserID? = nil, after age: Duration = .zero
    ) async throws -> (RefreshFamily.Redemption, User?) {
        let (redemption, user) = try await store.redeem(
            token, user: user, key: try Sample.key(), idle: idle, at: now + age)
        return (redemption, user)
    }
}
