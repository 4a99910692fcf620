import OTPless
import TestSupport
import Testing

/// The store contract: answers, and what they confirm.
struct StoreAnswerTests {
    private static let now = Sample.start

    @Test(arguments: StoreKind.allCases)
    func `a confirmation makes the user, the next one finds it`(_ kind: StoreKind) async throws {
        try await kind.open { store in
            let first = try await store.insertConfirmed(name: "Ada")
            let second = try await store.insertConfirmed(name: "Eve")
            #expect(first.user == second.user)
            let user = try #require(try await store.user(first.user))
            #expect(user.name == "Ada")
            #expect(user.phone.digits == "16505550142")
            #expect(user.createdAt == Self.now)
            #expect(try await store.login(first.login)?.isNewUser == true)
            #expect(try await store.login(second.login)?.isNewUser == false)
            let stranger = try await store.insertConfirmed(phone: "26505550142")
            #expect(stranger.user != first.user)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `concurrent confirmations of one phone make one user`(_ kind: StoreKind) async throws {
        try await kind.open { store in
            let samples = try (0..<20).map { _ in try SampleLogin() }
            for sample in samples { try await store.insert(sample.login) }
            try await withThrowingTaskGroup { group in
                for sample in samples {
                    let answer = try sample.answer()
                    group.addTask { _ = try await store.apply(answer) }
                }
                try await group.waitForAll()
            }
            var users: Set<UserID> = []
            var newcomers = 0
            for sample in samples {
                let login = try #require(try await store.login(sample.login.id))
                users.insert(try #require(login.user))
                newcomers += login.isNewUser ? 1 : 0
            }
            #expect(users.count == 1)
            #expect(newcomers == 1)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `the same message twice counts once, also within a batch`(_ kind: StoreKind) async throws {
        try await kind.open { store in
            let one = try SampleLogin()
            let two = try SampleLogin()
            for sample in [one, two] { try await store.insert(sample.login) }
            let results = try await store.receive([
                try one.answer(id: "in.1"), try one.answer(.deny, id: "in.1"),
                // Another login under a message id that has been used.
                try two.answer(id: "in.1"),
            ])
            #expect(results.map(\.changed) == [[one.login.id], [], []])
            #expect(try await store.apply(try two.answer(id: "in.1")) == nil)
            #expect(try await store.login(one.login.id)?.state == .confirmed)
            #expect(try await store.login(two.login.id)?.state == .pending)
            #expect(try await store.receive([]).isEmpty)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `an answer that quotes another login's message changes nothing`(
        _ kind: StoreKind
    ) async throws {
        try await kind.open { store in
            let mine = try SampleLogin()
            let other = try SampleLogin()
            for sample in [mine, other] { try await store.insert(sample.login) }
            try await store.recordSend(
                MessageReference(mine.login.id, .buttons), messageID: "wamid.mine", waID: nil)
            try await store.recordSend(
                MessageReference(other.login.id, .buttons), messageID: "wamid.other", waID: nil)
            #expect(try await store.apply(try mine.answer(quoting: "wamid.other")) == nil)
            #expect(try await store.apply(try mine.answer(.deny, quoting: "wamid.other")) == nil)
            #expect(try await store.apply(try mine.answer(quoting: "wamid.mine")) == mine.login.id)
            // A message whose send has not been noted yet.
            #expect(try await store.apply(try other.answer(quoting: "wamid.new")) == other.login.id)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `an answer from a stranger, too late or to nothing changes nothing`(
        _ kind: StoreKind
    ) async throws {
        try await kind.open { store in
            let sample = try SampleLogin()
            try await store.insert(sample.login)
            let unknown = try SampleLogin()
            #expect(try await store.apply(try unknown.answer()) == nil)
            #expect(try await store.apply(try sample.answer(from: "26505550142")) == nil)
            let late = sample.login.expiresAt
            #expect(try await store.apply(try sample.answer(), at: late) == nil)
            #expect(try await store.login(sample.login.id)?.state == .pending)
            #expect(try await store.apply(try sample.answer()) == sample.login.id)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `confirm and deny at the same time: the deny wins`(_ kind: StoreKind) async throws {
        try await kind.open { store in
            for _ in 0..<10 {
                let sample = try SampleLogin()
                try await store.insert(sample.login)
                async let confirm = store.apply(try sample.answer(.confirm))
                async let deny = store.apply(try sample.answer(.deny))
                let changes = try await (confirm, deny)
                // A confirmation that came first is taken back; one that came second never counts.
                #expect(changes.1 == sample.login.id)
                #expect(try await store.login(sample.login.id)?.state == .denied)
            }
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `collecting twice ends the first family`(_ kind: StoreKind) async throws {
        try await kind.open { store in
            let (login, user) = try await store.insertConfirmed(name: "Ada")
            let first = try Sample.family(of: user).family
            let second = try Sample.family(of: user).family
            guard
                case .collected(let owner, let isNew, let ended) =
                    try await store.collect(first, for: login, at: Self.now)
            else { throw UnexpectedOutcome() }
            #expect(owner.id == user && owner.name == "Ada")
            #expect(isNew)
            #expect(ended == nil)
            guard
                case .collected(_, _, let previous) =
                    try await store.collect(second, for: login, at: Self.now + .seconds(1))
            else { throw UnexpectedOutcome() }
            #expect(previous == first.id)
            #expect(try await store.family(first.id)?.endedAt == Self.now + .seconds(1))
            #expect(try await store.family(second.id)?.endedAt == nil)
            #expect(try await store.login(login)?.family == second.id)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `tokens are handed out by a confirmed login only`(_ kind: StoreKind) async throws {
        try await kind.open { store in
            let (login, user) = try await store.insertConfirmed()
            let pending = try SampleLogin().login
            try await store.insert(pending)
            let family = try Sample.family(of: user).family
            let attempts: [(LoginID, RefreshFamily, Timestamp, Login.Standing)] = [
                (pending.id, family, Self.now, .pending),
                (.make(at: Self.now, .system), family, Self.now, .forgotten),
                (login, family, Self.now + .seconds(120), .over),
                (login, family, Self.now + .seconds(600), .forgotten),
                // Another user's family.
                (login, try Sample.family().family, Self.now, .over),
            ]
            for (id, family, time, expected) in attempts {
                guard
                    case .refused(let standing) = try await store.collect(family, for: id, at: time)
                else { throw UnexpectedOutcome() }
                #expect(standing == expected)
                #expect(try await store.family(family.id) == nil)
            }
        }
    }
}
