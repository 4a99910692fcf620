import OTPless
import Testing

/// The store contract: tokens that are made with the confirmation.
struct StoreHandoverTests {
    private static let now = Sample.start

    @Test(arguments: StoreKind.allCases)
    func `a confirmation that is waited for stores its family, and a late deny ends it`(
        _ kind: StoreKind
    ) async throws {
        try await kind.open { store in
            var sample = try SampleLogin(name: "Ada")
            sample.login.device.type = "web"
            try await store.insert(sample.login)
            let result = try #require(try await receive(sample.answer(), by: store))
            let pair = try #require(result.handover)
            #expect(pair.isNew && pair.user.name == "Ada")
            let login = try #require(try await store.login(sample.login.id))
            #expect(login.family == pair.token.family && login.user == pair.user.id)
            let family = try #require(try await store.family(pair.token.family))
            #expect(family.user == pair.user.id && family.login == login.id)
            #expect(family.isGenuine(pair.token, key: try Sample.key()))
            let devices = try await store.devices(
                of: pair.user.id, idle: .seconds(60), at: Self.now)
            #expect(devices.map(\.type) == ["web"])

            let denied = try #require(try await receive(sample.answer(.deny), by: store))
            #expect(denied.handover == nil && denied.ended == [family.id])
            #expect(try await store.family(family.id)?.endedAt != nil)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `only what confirms a login makes tokens, and only once`(_ kind: StoreKind) async throws {
        try await kind.open { store in
            let sample = try SampleLogin()
            try await store.insert(sample.login)
            let stranger = try sample.answer(from: "26505550142")
            let repeated = try sample.answer(id: "in.1")
            for (message, makes) in [
                (stranger, false), (repeated, true), (repeated, false),
                (try sample.answer(), false),
            ] {
                let result = try await receive(message, by: store)
                #expect((result?.handover != nil) == makes)
            }
            let denied = try SampleLogin()
            try await store.insert(denied.login)
            #expect(try await receive(denied.answer(.deny), by: store)?.handover == nil)
            #expect(try await store.login(denied.login.id)?.family == nil)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a login that nobody waits for has no family until it is collected`(
        _ kind: StoreKind
    ) async throws {
        try await kind.open { store in
            let (login, user) = try await store.insertConfirmed()
            #expect(try await store.login(login)?.family == nil)
            #expect(
                try await store.devices(of: user, idle: .seconds(60), at: Self.now).isEmpty)
        }
    }

    private func receive(_ message: InboundMessage, by store: any Store) async throws
        -> AnswerResult?
    {
        let key = try Sample.key()
        return try await store.receive([message], AnswerPolicy(), at: Self.now) { login, user in
            RefreshFamily.begin(
                id: .make(at: Self.now, .system), user: user, login: login.id, key: key,
                at: Self.now, .system)
        }.first
    }
}
