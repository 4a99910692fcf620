import OTPless
import TestSupport
import Testing

/// Limits that two nodes keep together.
@Suite(.blocking, .postgres, .timeLimit(.minutes(2)))
struct NodeLimitTests {
    @Test(arguments: [
        ["16505550142"], ["5215512345678", "525512345678"], ["541112345678", "5491112345678"],
        ["5585998765432", "558598765432"],
    ])
    func `of 40 prompts to a phone through two nodes at once one is sent`(
        _ spellings: [String]
    ) async throws {
        var terms = AdmissionTerms()
        terms.phoneLimit = RateLimit([RateLimit.Rate(1, per: .seconds(60))])
        let final = terms
        try await TwoNodes.use { nodes in
            let admissions = try await nodes.atOnce(40) { store, index in
                let phone = spellings[index / 2 % spellings.count]
                return try await store.insert(try SampleLogin(phone: phone).login, on: final)
            }
            #expect(admissions.count { $0.login != nil } == 1)
            #expect(admissions.count { $0.obstacle == .phone } == 39)
            #expect(try nodes.count("logins") == 1)
            #expect(nodes.conflicts == 0)
        }
    }

    @Test func `of 100 prompts that a network asks two nodes for at once 60 are sent`()
        async throws
    {
        var terms = AdmissionTerms()
        terms.phoneLimit = RateLimit([RateLimit.Rate(1, per: .seconds(60))])
        terms.networkLimit = RateLimit([RateLimit.Rate(60, per: .seconds(600))])
        terms.network = "192.0.2.1"
        let final = terms
        try await TwoNodes.use { nodes in
            let admissions = try await nodes.atOnce(100) { store, index in
                let login = try SampleLogin(phone: "\(16_505_550_100 + index)").login
                return try await store.insert(login, on: final)
            }
            #expect(admissions.count { $0.login != nil } == 60)
            #expect(admissions.count { $0.obstacle == .network } == 40)
            #expect(nodes.conflicts == 0)
        }
    }

    @Test func `a prompt that was taken back at one node is free at the other`() async throws {
        var terms = AdmissionTerms()
        terms.phoneLimit = RateLimit([RateLimit.Rate(1, per: .seconds(60))])
        try await TwoNodes.use { nodes in
            let login = try SampleLogin().login
            #expect(try await nodes.one.insert(login, on: terms).login != nil)
            let second = try await nodes.other.insert(try SampleLogin().login, on: terms)
            #expect(second.obstacle == .phone)
            try await nodes.other.discount(login)
            #expect(try await nodes.one.insert(try SampleLogin().login, on: terms).login != nil)
        }
    }

    @Test(arguments: [(9, true), (10, false)])
    func `after ten wrong codes, whoever took them, a right one is ignored at both nodes`(
        _ wrong: Int, _ counts: Bool
    ) async throws {
        try await TwoNodes.use { nodes in
            _ = try await nodes.atOnce(wrong) { store, index in
                try await Self.say("AAAA-BBB\(index)", to: store)
            }
            for (store, code) in [(nodes.one, "K7PQ-2MXD"), (nodes.other, "M7PQ-2MXD")] {
                try await store.insert(try SampleLogin(code: code).login)
                #expect(try await Self.say(code, to: store).changed.isEmpty != counts)
            }
        }
    }

    @Test func `of 40 wrong codes through two nodes at once ten are counted`() async throws {
        try await TwoNodes.use { nodes in
            _ = try await nodes.atOnce(40) { store, index in
                try await Self.say("AAAA-BB\(10 + index)", to: store)
            }
            #expect(try nodes.count("audit WHERE event = 'code.wrong'") == 10)
            #expect(nodes.conflicts == 0)
        }
    }

    @Test func `logins that are started for a phone at both nodes at once show different numbers`()
        async throws
    {
        var terms = AdmissionTerms()
        terms.matchNumbers = .system
        let final = terms
        try await TwoNodes.use { nodes in
            let admissions = try await nodes.atOnce(30) { store, _ in
                try await store.insert(try SampleLogin().login, on: final)
            }
            #expect(Set(admissions.compactMap(\.login?.matchNumber?.value)).count == 30)
        }
    }

    private static func say(
        _ text: String, to store: any Store
    ) async throws -> AnswerResult {
        var policy = AnswerPolicy()
        policy.codeLimit = RateLimit([RateLimit.Rate(10, per: .seconds(3600))])
        let message = InboundMessage(
            id: Sample.messageID(), sender: "16505550142", sentAt: Sample.start,
            content: .text(text))
        return try #require(try await store.receive([message], policy).first)
    }
}

extension Admission {
    fileprivate var login: Login? {
        guard case .admitted(let login, _) = self else { return nil }
        return login
    }

    fileprivate var obstacle: Obstacle? {
        guard case .refused(_, let obstacle) = self else { return nil }
        return obstacle
    }
}
