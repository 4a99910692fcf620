import OTPless
import Testing

/// The store contract: codes of the link method.
struct StoreCodeTests {
    private static let now = Sample.start + .seconds(5)
    private static let phone = "16505550142"

    @Test(arguments: StoreKind.allCases)
    func `the phone that sends the page's code is the user`(_ kind: StoreKind) async throws {
        try await kind.open { store in
            let sample = try SampleLogin(code: "K7PQ-2MXD")
            try await store.insert(sample.login)
            let results = try await Self.say("Sign me in: k7pq 2mxd.", to: store)
            #expect(results[0].changed == [sample.login.id] && results[0].outcome == .confirmed)
            let login = try #require(try await store.login(sample.login.id))
            #expect(login.state == .confirmed && login.phone?.digits == Self.phone)
            let user = try #require(login.user)
            #expect(try await store.user(user)?.phone.digits == Self.phone)
        }
    }

    /// Texts that confirm nothing, with two pages that show K7PQ-2MXD and AAAA-BBBB.
    @Test(
        arguments: StoreKind.allCases,
        [
            "K7PQ-2MXD and AAAA-BBBB", "K7PQ-2MXE", "K7PQ-2MX", "XK7PQ-2MXD", "yes", "confirm",
        ])
    func `a text without exactly one live code confirms nothing`(
        _ kind: StoreKind, _ text: String
    ) async throws {
        try await kind.open { store in
            let samples = [try SampleLogin(code: "K7PQ-2MXD"), try SampleLogin(code: "AAAA-BBBB")]
            for sample in samples { try await store.insert(sample.login) }
            #expect(try await Self.say(text, to: store)[0].changed.isEmpty)
            for sample in samples {
                #expect(try await store.login(sample.login.id)?.state == .pending)
            }
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `codes that are not live are ignored beside the one that is`(
        _ kind: StoreKind
    ) async throws {
        try await kind.open { store in
            let old = try SampleLogin(code: "AAAA-BBBB", at: Self.now - .seconds(300))
            let sample = try SampleLogin(code: "K7PQ-2MXD")
            for login in [old, sample] { try await store.insert(login.login) }
            let results = try await Self.say("AAAA-BBBB CCCC-DDDD K7PQ-2MXD", to: store)
            #expect(results[0].changed == [sample.login.id])
            // Used once, it is no code any more.
            #expect(try await Self.say("K7PQ-2MXD", to: store, from: "4930123")[0].changed.isEmpty)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `if the page named a phone, only that phone may confirm`(_ kind: StoreKind) async throws {
        try await kind.open { store in
            let sample = try SampleLogin(code: "K7PQ-2MXD", phone: "5215512345678")
            try await store.insert(sample.login)
            #expect(
                try await Self.say("K7PQ-2MXD", to: store, from: "525512345679")[0].changed.isEmpty)
            // The same phone as WhatsApp spells it.
            let results = try await Self.say("K7PQ-2MXD", to: store, from: "525512345678")
            #expect(results[0].changed == [sample.login.id])
            let login = try #require(try await store.login(sample.login.id))
            #expect(login.phone?.digits == "5215512345678")
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `after ten wrong codes an hour the sender's codes are ignored, and only the sender's`(
        _ kind: StoreKind
    ) async throws {
        try await kind.open { store in
            let sample = try SampleLogin(code: "K7PQ-2MXD")
            try await store.insert(sample.login)
            for guess in 0..<10 {
                _ = try await Self.say("AAAA-AA\(10 + guess)", to: store, from: "4930123456")
            }
            // Neither words nor what is not written as a code is a guess.
            for chat in ["come over", "AAAABBBB", "yes"] {
                for _ in 0..<20 { _ = try await Self.say(chat, to: store, from: "4930123457") }
            }
            #expect(
                try await Self.say("K7PQ-2MXD", to: store, from: "4930123456")[0].changed.isEmpty)
            #expect(
                try await Self.say("K7PQ-2MXD", to: store, from: "4930123457")[0].changed
                    == [sample.login.id])
            let late = try SampleLogin(code: "2222-3333", at: Self.now + .seconds(3590))
            try await store.insert(late.login)
            let tooEarly = Self.now + .milliseconds(3_599_999)
            #expect(
                try await Self.say("2222-3333", to: store, from: "4930123456", at: tooEarly)[0]
                    .changed.isEmpty)
            #expect(
                try await Self.say(
                    "2222-3333", to: store, from: "4930123456", at: Self.now + .seconds(3600))[0]
                    .changed == [late.login.id])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a guess that is delivered twice counts once`(_ kind: StoreKind) async throws {
        try await kind.open { store in
            let sample = try SampleLogin(code: "K7PQ-2MXD")
            try await store.insert(sample.login)
            for _ in 0..<30 { _ = try await Self.say("AAAA-AAAA", to: store, id: "in.1") }
            #expect(try await Self.say("K7PQ-2MXD", to: store)[0].changed == [sample.login.id])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a code that another page shows is taken`(_ kind: StoreKind) async throws {
        try await kind.open { store in
            let first = try SampleLogin(code: "K7PQ-2MXD")
            try await store.insert(first.login)
            guard case .codeTaken = try await store.insert(try SampleLogin(code: "K7PQ-2MXD").login)
            else { throw UnexpectedOutcome() }
            _ = try await Self.say("K7PQ-2MXD", to: store)
            guard case .admitted = try await store.insert(try SampleLogin(code: "K7PQ-2MXD").login)
            else { throw UnexpectedOutcome() }
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a typed yes confirms no link, and a pending link keeps it from no prompt`(
        _ kind: StoreKind
    ) async throws {
        try await kind.open { store in
            let link = try SampleLogin(code: "K7PQ-2MXD", phone: Self.phone)
            try await store.insert(link.login)
            #expect(try await Self.say("yes", to: store)[0].changed.isEmpty)
            let prompt = try SampleLogin()
            try await store.insert(prompt.login)
            #expect(try await Self.say("yes", to: store)[0].changed == [prompt.login.id])
            // Nor is a link that anybody may have started denied by a word, which would block prompts.
            #expect(try await Self.say("no", to: store)[0].changed.isEmpty)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a code that quotes another login's message, or an unknown one, confirms nothing`(
        _ kind: StoreKind
    ) async throws {
        try await kind.open { store in
            let prompt = try SampleLogin()
            let link = try SampleLogin(code: "K7PQ-2MXD")
            for sample in [prompt, link] { try await store.insert(sample.login) }
            try await store.recordSend(
                MessageReference(prompt.login.id, .buttons), messageID: "wamid.1", waID: nil)
            for quoted in ["wamid.1", "wamid.unknown"] {
                let message = InboundMessage(
                    id: Sample.messageID(), sender: Self.phone, sentAt: Self.now,
                    quotedMessageID: quoted, content: .text("K7PQ-2MXD"))
                let results = try await store.receive([message], AnswerPolicy(), at: Self.now)
                #expect(results[0].changed.isEmpty)
            }
            #expect(try await Self.say("K7PQ-2MXD", to: store)[0].changed == [link.login.id])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a text with very many codes is no answer, but one guess`(_ kind: StoreKind) async throws {
        try await kind.open { store in
            let sample = try SampleLogin(code: "K7PQ-2MXD")
            try await store.insert(sample.login)
            let many = (10..<60).map { "AAAA-AA\($0)" }.joined(separator: " ") + " K7PQ-2MXD"
            for _ in 0..<10 {
                #expect(try await Self.say(many, to: store)[0].changed.isEmpty)
            }
            #expect(try await Self.say("K7PQ-2MXD", to: store)[0].changed.isEmpty)
        }
    }

    private static func say(
        _ text: String, to store: any Store, from sender: String = phone, id: String? = nil,
        at time: Timestamp = now
    ) async throws -> [AnswerResult] {
        var policy = AnswerPolicy()
        policy.denyBlock = nil
        let message = InboundMessage(
            id: id ?? Sample.messageID(), sender: sender, sentAt: time, content: .text(text))
        return try await store.receive([message], policy, at: time)
    }
}
