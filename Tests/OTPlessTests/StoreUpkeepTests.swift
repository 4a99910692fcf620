import OTPless
import Testing

/// The store contract: users, secrets, forgetting.
struct StoreUpkeepTests {
    private static let now = Sample.start

    @Test(arguments: StoreKind.allCases)
    func `a user is renamed, and only that one`(_ kind: StoreKind) async throws {
        try await kind.open { store in
            let ada = try await store.insertConfirmed(name: "Ada").user
            let eve = try await store.insertConfirmed(phone: "26505550142", name: "Eve").user
            let name = "Ada'); DROP TABLE users; -- \u{1F600}"
            let renamed = try #require(try await store.rename(ada, to: name))
            #expect(renamed.name == name)
            #expect(renamed.id == ada)
            #expect(try await store.user(ada)?.name == name)
            #expect(try await store.user(eve)?.name == "Eve")
            #expect(try await store.rename(.make(at: Self.now, .system), to: "x") == nil)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a secret is made once and kept`(_ kind: StoreKind) async throws {
        try await kind.open { store in
            let first = try await store.secret("a", candidate: [1, 2])
            #expect(first == [1, 2])
            #expect(try await store.secret("a", candidate: [3]) == [1, 2])
            #expect(try await store.secret("b", candidate: [0, 0]) == [0, 0])
            try await store.probe()
            try await store.probe()
            #expect(try await store.secret("a", candidate: []) == [1, 2])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `two that make a secret at once get the same`(_ kind: StoreKind) async throws {
        try await kind.open { store in
            let secrets = try await withThrowingTaskGroup(of: [UInt8].self) { group in
                for byte in 0..<20 {
                    group.addTask { try await store.secret("key", candidate: [UInt8(byte)]) }
                }
                return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
            }
            #expect(secrets.count == 1)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `the sweep removes only what is old`(_ kind: StoreKind) async throws {
        try await kind.open { store in
            let day = Duration.seconds(86_400)
            let old = try SampleLogin(at: Self.now - day - .seconds(1))
            let new = try SampleLogin(at: Self.now - day + .seconds(1))
            for sample in [old, new] {
                try await store.insert(sample.login)
                try await store.recordSend(
                    MessageReference(sample.login.id, .buttons), messageID: "m.\(sample.login.id)",
                    waID: nil)
            }
            let (family, _) = try await store.signIn(at: Self.now - day)
            #expect(try await store.sweep(at: Self.now) >= 2)
            #expect(try await store.sweep(at: Self.now) == 0)
            #expect(try await store.login(old.login.id) == nil)
            #expect(try await store.login(new.login.id) != nil)
            #expect(try await store.family(family.id) != nil)
            let report = DeliveryReport(
                messageID: "m.\(new.login.id)", reference: nil, progress: .reached(.read))
            // Still found, though too old to be changed.
            #expect(try await store.apply([report], at: Self.now).isEmpty)
            #expect(try await store.user(family.user) != nil)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a message id counts once for more than 7 days, a family is kept for 91`(
        _ kind: StoreKind
    ) async throws {
        try await kind.open { store in
            let sample = try SampleLogin()
            try await store.insert(sample.login)
            try await store.apply(try sample.answer(id: "in.1"))
            let (family, _) = try await store.signIn()
            for (days, isKept) in [(7, true), (90, true), (92, false)] {
                let time = Self.now + .seconds(days * 86_400)
                while try await store.sweep(at: time) > 0 {}
                #expect((try await store.family(family.id) != nil) == isKept)
                guard days == 7 else { continue }
                let later = try SampleLogin(at: time)
                try await store.insert(later.login)
                #expect(try await store.apply(try later.answer(id: "in.1"), at: time) == nil)
            }
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `counts that no limit asks for any more are forgotten, in small batches`(
        _ kind: StoreKind
    ) async throws {
        try await kind.open { store in
            var terms = AdmissionTerms()
            terms.phoneLimit = RateLimit([RateLimit.Rate(1, per: .seconds(60))])
            let final = terms
            try await withThrowingTaskGroup { group in
                for number in 0..<700 {
                    let login = try SampleLogin(phone: "1650\(1_000_000 + number)").login
                    group.addTask { _ = try await store.insert(login, on: final) }
                }
                try await group.waitForAll()
            }
            #expect(try await store.sweep(at: Self.now + .seconds(60)) == 0)
            #expect(try await store.sweep(at: Self.now + .seconds(61)) == 500)
            #expect(try await store.sweep(at: Self.now + .seconds(61)) == 200)
            #expect(try await store.sweep(at: Self.now + .seconds(61)) == 0)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `repeated sweeps leave nothing behind, however much there was`(
        _ kind: StoreKind
    ) async throws {
        try await kind.open { store in
            let logins = try (0..<700).map { number in
                try SampleLogin(phone: "1650\(1_000_000 + number)").login
            }
            try await withThrowingTaskGroup { group in
                for login in logins {
                    group.addTask {
                        try await store.insert(login)
                        for number in 0..<2 {
                            try await store.recordSend(
                                MessageReference(login.id, .buttons),
                                messageID: "m\(number).\(login.id)", waID: nil)
                        }
                    }
                }
                try await group.waitForAll()
            }
            var swept = 0
            while true {
                let count = try await store.sweep(at: Self.now + .seconds(2 * 86_400))
                if count == 0 { break }
                swept += count
            }
            #expect(swept >= 700 + 1400)
        }
    }
}
