import OTPless
import TestSupport
import Testing

/// Answers that come to two nodes at once.
@Suite(.blocking, .postgres, .timeLimit(.minutes(2)))
struct NodeAnswerTests {
    private static let rounds = 20
    private static let userID = "US.13491208655302741918"

    private static func phone(_ round: Int) -> String { "\(16_505_550_100 + round)" }

    @Test func `a typed word with two pending logins confirms none, at whichever node`()
        async throws
    {
        try await TwoNodes.use { nodes in
            let samples = [try SampleLogin(), try SampleLogin()]
            try await nodes.one.insert(samples[0].login)
            try await nodes.other.insert(samples[1].login)
            let results = try await nodes.atOnce { store, _ in try await Self.say("yes", to: store)
            }
            #expect(results.flatMap(\.changed).isEmpty)
            #expect(try nodes.count("logins WHERE state = 0") == 2)
        }
    }

    @Test func `one message that comes to both nodes at once is applied once`() async throws {
        try await TwoNodes.use { nodes in
            for round in 0..<Self.rounds {
                let sample = try SampleLogin(phone: Self.phone(round))
                try await nodes.one.insert(sample.login)
                let message = try sample.answer(id: "in.\(round)")
                let results = try await nodes.atOnce(6) { store, _ in
                    try await Self.receive(message, store)
                }
                #expect(results.flatMap(\.changed) == [sample.login.id])
                #expect(results.compactMap(\.handover).count == 1)
            }
            #expect(try nodes.count("families") == Self.rounds)
            #expect(try nodes.count("audit WHERE event = 'login.confirmed'") == Self.rounds)
            #expect(nodes.conflicts == 0)
        }
    }

    @Test func `of a yes and a no at two nodes at once one counts, and both nodes see which`()
        async throws
    {
        try await TwoNodes.use { nodes in
            for round in 0..<Self.rounds {
                let phone = Self.phone(round)
                let sample = try SampleLogin(phone: phone)
                try await nodes.one.insert(sample.login)
                let results = try await nodes.atOnce { store, index in
                    try await Self.say(index == 0 ? "yes" : "no", to: store, from: phone)
                }
                let changes = results.flatMap(\.changes)
                #expect(changes.count == 1)
                for store in [nodes.one, nodes.other] {
                    #expect(try await store.login(sample.login.id)?.state == changes.first?.state)
                }
            }
        }
    }

    @Test func `a confirm button at one node and a deny button at the other leave no tokens`()
        async throws
    {
        try await TwoNodes.use { nodes in
            for round in 0..<Self.rounds {
                let sample = try SampleLogin(phone: Self.phone(round))
                try await nodes.one.insert(sample.login)
                _ = try await nodes.atOnce { store, index in
                    try await Self.receive(try sample.answer(index == 0 ? .confirm : .deny), store)
                }
                for store in [nodes.one, nodes.other] {
                    #expect(try await store.login(sample.login.id)?.state == .denied)
                }
            }
            #expect(try nodes.count("families WHERE ended_at IS NULL") == 0)
        }
    }

    /// The two spellings of each country that has two, and a phone with one.
    @Test(arguments: [
        ("5215512345678", "525512345678"), ("541112345678", "5491112345678"),
        ("5585998765432", "558598765432"), ("16505550142", "16505550142"),
    ])
    func `two confirmations of a new phone at two nodes at once make one user`(
        _ one: String, _ other: String
    ) async throws {
        for _ in 0..<5 {
            try await TwoNodes.use { nodes in
                let samples = [try SampleLogin(phone: one), try SampleLogin(phone: other)]
                for sample in samples { try await nodes.one.insert(sample.login) }
                _ = try await nodes.atOnce { store, index in
                    try await Self.receive(try samples[index].answer(), store)
                }
                #expect(try nodes.count("users") == 1)
                #expect(try nodes.count("logins WHERE is_new_user = 1") == 1)
                #expect(try nodes.count("logins WHERE state = 1") == 2)
            }
        }
    }

    /// Whoever hides the number tells it at one node, and taps under another spelling at the other.
    @Test func `a number that is told at one node and a tap at the other make one user`()
        async throws
    {
        let (one, other) = ("5215512345678", "525512345678")
        let hidden = Sender(waID: nil, userID: Self.userID)
        try await TwoNodes.use { nodes in
            let link = try SampleLogin(code: "K7PQ-2MXD")
            let prompt = try SampleLogin(phone: one)
            for sample in [link, prompt] { try await nodes.one.insert(sample.login) }
            let messages = try [
                .text(link.code),
                InboundMessage.Content.contact([Sample.phone(other)], isRequested: true),
            ].map {
                InboundMessage(
                    id: Sample.messageID(), sender: hidden, sentAt: Sample.start, content: $0)
            }
            _ = try await Self.receive(messages[0], nodes.one)
            let (raw, watch) = (try nodes.raw(), try nodes.raw())
            // Nobody is added before both have looked who is there.
            try raw.run("BEGIN; LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE")
            async let answers = nodes.atOnce { store, index in
                try await Self.receive(index == 0 ? messages[1] : try prompt.answer(), store)
            }
            try await wait(for: "both") { try nodes.waiting(watch) == 2 }
            try raw.run("COMMIT")
            _ = try await answers
            #expect(try nodes.count("users") == 1)
            #expect(try nodes.count("logins WHERE state = 1") == 2)
        }
    }

    private static func say(
        _ text: String, to store: any Store, from sender: String = "16505550142"
    ) async throws -> AnswerResult {
        try await receive(
            InboundMessage(
                id: Sample.messageID(), sender: sender, sentAt: Sample.start, content: .text(text)),
            store)
    }

    /// A page waits for each login.
    private static func receive(
        _ message: InboundMessage, _ store: any Store
    ) async throws -> AnswerResult {
        var policy = AnswerPolicy()
        policy.denyBlock = nil
        let key = try Sample.key()
        let results = try await store.receive([message], policy) { login, user in
            RefreshFamily.begin(
                id: .make(at: Sample.start, .system), user: user, login: login.id, key: key,
                at: Sample.start, .system)
        }
        return try #require(results.first)
    }
}
