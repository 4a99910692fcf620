import OTPless
import Testing

/// The store contract: typed words, and what a deny blocks.
struct StoreWordTests {
    private static let now = Sample.start + .seconds(5)

    @Test(arguments: StoreKind.allCases)
    func `a word answers the one login that is pending for its sender`(
        _ kind: StoreKind
    ) async throws {
        for (word, state) in [("yes", Login.State.confirmed), ("Stop.", .denied)] {
            try await kind.open { store in
                let mine = try SampleLogin()
                let stranger = try SampleLogin(phone: "16505550143")
                for sample in [mine, stranger] { try await store.insert(sample.login) }
                let result = try await Self.say(word, to: store)
                #expect(result.changed == [mine.login.id])
                let login = try await store.login(mine.login.id)
                #expect(login?.state == state)
                #expect((login?.user != nil) == (state == .confirmed))
                #expect(try await store.login(stranger.login.id)?.state == .pending)
            }
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `with two pending an affirmative word confirms neither, a negative one denies both`(
        _ kind: StoreKind
    ) async throws {
        try await kind.open { store in
            let samples = [try SampleLogin(), try SampleLogin()]
            for sample in samples { try await store.insert(sample.login) }
            #expect(try await Self.say("yes", to: store).changed.isEmpty)
            // Nor when it quotes one of them.
            try await store.recordSend(
                MessageReference(samples[0].login.id, .buttons), messageID: "wamid.1", waID: nil)
            #expect(try await Self.say("yes", to: store, quoting: "wamid.1").changed.isEmpty)
            let denied = try await Self.say("no", to: store)
            #expect(Set(denied.changed) == Set(samples.map(\.login.id)))
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `an expired login is not in the way of a word`(_ kind: StoreKind) async throws {
        try await kind.open { store in
            let old = try SampleLogin(at: Sample.start - .seconds(300))
            let new = try SampleLogin()
            for sample in [old, new] { try await store.insert(sample.login) }
            #expect(try await Self.say("yes", to: store).changed == [new.login.id])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a word that is older than the prompt answers nothing`(_ kind: StoreKind) async throws {
        try await kind.open { store in
            let sample = try SampleLogin()
            try await store.insert(sample.login)
            for word in ["yes", "no"] {
                for sentAt in [Sample.start - .milliseconds(10_001), nil] {
                    let result = try await Self.say(word, to: store, sentAt: sentAt)
                    #expect(result.changed.isEmpty)
                }
            }
            let tolerated = Sample.start - .seconds(10)
            let result = try await Self.say("yes", to: store, sentAt: tolerated)
            #expect(result.changed == [sample.login.id])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a word that quotes something else answers nothing`(_ kind: StoreKind) async throws {
        try await kind.open { store in
            let mine = try SampleLogin()
            let other = try SampleLogin(phone: "16505550143")
            for (sample, message) in [(mine, "wamid.mine"), (other, "wamid.other")] {
                try await store.insert(sample.login)
                let reference = MessageReference(sample.login.id, .buttons)
                try await store.recordSend(reference, messageID: message, waID: nil)
            }
            for word in ["yes", "no"] {
                for quoted in ["wamid.other", "wamid.unknown"] {
                    let result = try await Self.say(word, to: store, quoting: quoted)
                    #expect(result.changed.isEmpty)
                }
            }
            let result = try await Self.say("yes", to: store, quoting: "wamid.mine")
            #expect(result.changed == [mine.login.id])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `the provider's id of the phone may say a word too`(_ kind: StoreKind) async throws {
        try await kind.open { store in
            let sample = try SampleLogin(phone: "4915112345678")
            try await store.insert(sample.login)
            #expect(try await Self.say("yes", to: store, from: "4930123456").changed.isEmpty)
            try await store.recordSend(
                MessageReference(sample.login.id, .buttons), messageID: "m", waID: "4930123456")
            let result = try await Self.say("yes", to: store, from: "4930123456")
            #expect(result.changed == [sample.login.id])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `words do nothing where they are switched off, and the same message counts once`(
        _ kind: StoreKind
    ) async throws {
        try await kind.open { store in
            let sample = try SampleLogin()
            try await store.insert(sample.login)
            let word = Self.word("yes", id: "in.1")
            let off = try await store.receive([word], typedWords: false, at: Self.now)
            #expect(off.map(\.outcome) == [nil])
            #expect(try await store.login(sample.login.id)?.state == .pending)
            #expect(try await store.apply(word, at: Self.now) == sample.login.id)
            let next = try SampleLogin()
            try await store.insert(next.login)
            #expect(try await store.apply(word, at: Self.now) == nil)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a deny blocks new prompts to its phone, and to no other`(_ kind: StoreKind) async throws {
        try await kind.open { store in
            for late in [false, true] {
                let phone = late ? "16505550144" : "16505550142"
                let sample = try SampleLogin(phone: phone)
                try await store.insert(sample.login)
                if late { try await store.apply(try sample.answer(), at: Self.now) }
                _ = try await store.receive(
                    [try sample.answer(.deny)], denyBlock: .seconds(600), at: Self.now)
                for (time, isBlocked) in [(Duration.seconds(599), true), (.seconds(600), false)] {
                    let next = try SampleLogin(phone: phone, at: Self.now + time)
                    guard case .refused(let left, .denied) = try await store.insert(next.login)
                    else {
                        #expect(!isBlocked)
                        continue
                    }
                    #expect(isBlocked && left == .seconds(1))
                    #expect(try await store.login(next.login.id) == nil)
                }
                let stranger = try SampleLogin(phone: "16505550143", at: Self.now)
                guard case .admitted = try await store.insert(stranger.login) else {
                    throw UnexpectedOutcome()
                }
            }
        }
    }

    private static func word(
        _ text: String, from sender: String = "16505550142", sentAt: Timestamp? = now,
        quoting quoted: String? = nil, id: String = Sample.messageID()
    ) -> InboundMessage {
        InboundMessage(
            id: id, sender: sender, sentAt: sentAt, quotedMessageID: quoted, content: .text(text))
    }

    private static func say(
        _ text: String, to store: any Store, from sender: String = "16505550142",
        sentAt: Timestamp? = now, quoting quoted: String? = nil
    ) async throws -> AnswerResult {
        let message = word(text, from: sender, sentAt: sentAt, quoting: quoted)
        return try #require(try await store.receive([message], at: now).first)
    }
}
