import OTPless
import Testing

/// The store contract: number matching.
struct StoreNumberTests {
    private static let now = Sample.start + .seconds(5)
    private static let phone = "16505550142"

    @Test(arguments: StoreKind.allCases)
    func `the number of a page confirms its login and no other`(_ kind: StoreKind) async throws {
        try await kind.open { store in
            let samples = [try SampleLogin(number: 47), try SampleLogin(number: 48)]
            let stranger = try SampleLogin(phone: "16505550143", number: 47)
            for sample in samples + [stranger] { try await store.insert(sample.login) }
            #expect(try await Self.say("47", to: store)[0].changed == [samples[0].login.id])
            for sample in [samples[1], stranger] {
                #expect(try await store.login(sample.login.id)?.state == .pending)
            }
        }
    }

    @Test(arguments: StoreKind.allCases)
    func
        `a number that no page shows denies all that is pending for the sender, and blocks nothing`(
            _ kind: StoreKind
        ) async throws
    {
        try await kind.open { store in
            let samples = [try SampleLogin(number: 47), try SampleLogin(number: 48)]
            let stranger = try SampleLogin(phone: "16505550143", number: 49)
            for sample in samples + [stranger] { try await store.insert(sample.login) }
            let result = try await Self.say("49", to: store)[0]
            #expect(Set(result.changed) == Set(samples.map(\.login.id)))
            #expect(result.outcome == .denied)
            #expect(try await store.login(stranger.login.id)?.state == .pending)
            guard case .admitted = try await store.insert(try SampleLogin(at: Self.now).login)
            else {
                throw UnexpectedOutcome()
            }
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `buttons and words confirm nothing, but deny`(_ kind: StoreKind) async throws {
        try await kind.open { store in
            let sample = try SampleLogin(number: 47)
            try await store.insert(sample.login)
            #expect(try await Self.say("yes", to: store)[0].changed.isEmpty)
            let tap = try await store.receive([try sample.answer()], Self.policy, at: Self.now)
            #expect(tap[0].changed.isEmpty)
            let deny = try await store.receive(
                [try sample.answer(.deny)], Self.policy, at: Self.now)
            #expect(deny[0].changed == [sample.login.id])
            let next = try SampleLogin(number: 48)
            try await store.insert(next.login)
            #expect(try await Self.say("no", to: store)[0].changed == [next.login.id])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a number that quotes another login's message confirms nothing`(
        _ kind: StoreKind
    ) async throws {
        try await kind.open { store in
            let samples = [try SampleLogin(number: 47), try SampleLogin(number: 48)]
            let stranger = try SampleLogin(phone: "16505550143", number: 47)
            for (index, sample) in (samples + [stranger]).enumerated() {
                try await store.insert(sample.login)
                try await store.recordSend(
                    MessageReference(sample.login.id, .buttons), messageID: "wamid.\(index)",
                    waID: nil)
            }
            for quoted in ["wamid.2", "wamid.unknown"] {
                #expect(try await Self.say("47", to: store, quoting: quoted)[0].changed.isEmpty)
            }
            #expect(
                try await Self.say("47", to: store, quoting: "wamid.0")[0].changed
                    == [samples[0].login.id])
            let wrong = try await Self.say("47", to: store, quoting: "wamid.1")[0]
            #expect(wrong.changed == [samples[1].login.id] && wrong.outcome == .denied)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `numbers differ among the logins that are pending for one phone`(
        _ kind: StoreKind
    ) async throws {
        try await kind.open { store in
            var terms = AdmissionTerms()
            terms.matchNumbers = .system
            var numbers: Set<MatchNumber> = []
            for _ in 0..<90 {
                guard
                    case .admitted(let login, _) = try await store.insert(
                        try SampleLogin().login, on: terms)
                else { throw UnexpectedOutcome() }
                numbers.insert(try #require(login.matchNumber))
            }
            #expect(numbers.count == 90)
            guard case .refused = try await store.insert(try SampleLogin().login, on: terms) else {
                throw UnexpectedOutcome()
            }
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `links that strangers start for a phone take no number away, and cost its words little`(
        _ kind: StoreKind
    ) async throws {
        try await kind.open { store in
            var terms = AdmissionTerms()
            terms.matchNumbers = .system
            for count in 0..<300 {
                let code = LinkCode.make(.system).text
                let link = try SampleLogin(code: code, phone: Self.phone)
                guard case .admitted = try await store.insert(link.login, on: terms) else {
                    throw UnexpectedOutcome()
                }
                guard count % 100 == 99 else { continue }
                let prompt = try SampleLogin()
                guard case .admitted = try await store.insert(prompt.login, on: terms) else {
                    throw UnexpectedOutcome()
                }
            }
            #expect(try await Self.say("no", to: store)[0].changed.count == 3)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a code joins its page to the phone, which is asked for the number and confirms with it`(
        _ kind: StoreKind
    ) async throws {
        try await kind.open { store in
            let link = try SampleLogin(code: "K7PQ-2MXD", number: 47)
            try await store.insert(link.login)
            // The number alone, from whomever: nobody has sent the code yet.
            #expect(try await Self.say("47", to: store)[0].changed.isEmpty)
            let joined = try await Self.say("K7PQ-2MXD", to: store)[0]
            guard case .number(let asked, _) = joined.question else { throw UnexpectedOutcome() }
            #expect(joined.changed.isEmpty && asked.phone?.digits == Self.phone)
            // Another phone comes too late with the code, and is not asked for the number.
            #expect(
                try await Self.say("K7PQ-2MXD", to: store, from: "4930123456")[0].question == nil)
            #expect(try await Self.say("47", to: store, from: "4930123456")[0].changed.isEmpty)
            #expect(try await Self.say("47", to: store)[0].changed == [link.login.id])
            let login = try #require(try await store.login(link.login.id))
            #expect(login.state == .confirmed && login.user != nil)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a stranger's prompt with the number of the page whose code was sent ends`(
        _ kind: StoreKind
    ) async throws {
        try await kind.open { store in
            let stranger = try SampleLogin(number: 47)
            let link = try SampleLogin(code: "K7PQ-2MXD", number: 47)
            for sample in [stranger, link] { try await store.insert(sample.login) }
            let joined = try await Self.say("K7PQ-2MXD", to: store)[0]
            #expect(joined.changed == [stranger.login.id])
            #expect(try await store.login(stranger.login.id)?.state == .cancelled)
            #expect(try await Self.say("47", to: store)[0].changed == [link.login.id])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a hundred wrong numbers in a row lock prompts to the phone, a right one starts anew`(
        _ kind: StoreKind
    ) async throws {
        try await kind.open { store in
            for count in 1...150 {
                let sample = try SampleLogin(number: 47)
                guard case .admitted = try await store.insert(sample.login) else {
                    throw UnexpectedOutcome()
                }
                _ = try await Self.say(count == 50 ? "47" : "48", to: store)
            }
            guard case .locked = try await store.insert(try SampleLogin(number: 47).login) else {
                throw UnexpectedOutcome()
            }
            // Links are never stopped.
            guard
                case .admitted = try await store.insert(
                    try SampleLogin(code: "K7PQ-2MXD", phone: Self.phone).login)
            else { throw UnexpectedOutcome() }
        }
    }

    private static var policy: AnswerPolicy {
        var policy = AnswerPolicy()
        policy.confirmation = .match
        policy.denyBlock = nil
        return policy
    }

    private static func say(
        _ text: String, to store: any Store, from sender: String = phone,
        quoting quoted: String? = nil
    ) async throws -> [AnswerResult] {
        let message = InboundMessage(
            id: Sample.messageID(), sender: sender, sentAt: now, quotedMessageID: quoted,
            content: .text(text))
        return try await store.receive([message], policy, at: now)
    }
}
