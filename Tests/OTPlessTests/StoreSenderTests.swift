import OTPless
import Testing

/// The store contract: who sends a message, where the number is hidden, has changed, or is somebody
/// else's now.
struct StoreSenderTests {
    private static let now = Sample.start + .seconds(5)
    private static let phone = "16505550142"
    private static let userID = "US.13491208655302741918"

    // MARK: User ids

    @Test(arguments: StoreKind.allCases)
    func `a tap with a user id alone counts once a report has told whose it is`(
        _ kind: StoreKind
    ) async throws {
        try await kind.open { store in
            let sample = try SampleLogin()
            try await store.insert(sample.login)
            let hidden = Sender(waID: nil, userID: Self.userID)
            #expect(try await Self.tap(sample, from: hidden, to: store).changed.isEmpty)
            try await Self.report(on: sample, Sender(waID: nil, userID: Self.userID), to: store)
            let other = Sender(waID: nil, userID: "US.other")
            #expect(try await Self.tap(sample, from: other, to: store).changed.isEmpty)
            #expect(
                try await Self.tap(sample, from: hidden, to: store).changed == [sample.login.id])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a message that shows both tells whose user id it is, until that changes`(
        _ kind: StoreKind
    ) async throws {
        try await kind.open { store in
            let both = Sender(waID: Self.phone, userID: Self.userID)
            let hidden = Sender(waID: nil, userID: Self.userID)
            let before = Self.now - .seconds(2)
            _ = try await Self.send(.other, from: both, to: store, sentAt: before)
            let sample = try SampleLogin()
            try await store.insert(sample.login)
            _ = try await Self.send(
                .userIDChanged, from: hidden, to: store, sentAt: before + .seconds(1))
            #expect(try await Self.tap(sample, from: hidden, to: store).changed.isEmpty)
            _ = try await Self.send(.other, from: both, to: store)
            #expect(
                try await Self.tap(sample, from: hidden, to: store).changed == [sample.login.id])
        }
    }

    // MARK: Hidden numbers

    @Test(arguments: StoreKind.allCases)
    func `whoever hides the number is asked for it once, and the answer completes the login`(
        _ kind: StoreKind
    ) async throws {
        try await kind.open { store in
            let link = try SampleLogin(code: "K7PQ-2MXD")
            try await store.insert(link.login)
            let hidden = Sender(waID: nil, userID: Self.userID)
            let result = try await Self.send(.text("K7PQ-2MXD"), from: hidden, to: store)
            guard case .contact(_, Self.userID) = result.question else { throw UnexpectedOutcome() }
            #expect(result.changed.isEmpty)
            let again = try await Self.send(.text("K7PQ-2MXD"), from: hidden, to: store)
            #expect(again.question == nil && again.changed.isEmpty)
            // Somebody else's card is nobody's answer.
            let card = InboundMessage.Content.contact(
                [try Sample.phone(Self.phone)], isRequested: true)
            let stranger = Sender(waID: nil, userID: "US.2")
            #expect(try await Self.send(card, from: stranger, to: store).changed.isEmpty)
            #expect(try await Self.send(card, from: hidden, to: store).changed == [link.login.id])
            let login = try #require(try await store.login(link.login.id))
            #expect(login.state == .confirmed && login.phone?.digits == Self.phone)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a report on the question for a number tells nothing of the number that the page named`(
        _ kind: StoreKind
    ) async throws {
        try await kind.open { store in
            // The stranger's page names the victim; the stranger sends its code and hides the number.
            let link = try SampleLogin(code: "K7PQ-2MXD", phone: Self.phone)
            let prompt = try SampleLogin()
            for sample in [link, prompt] { try await store.insert(sample.login) }
            let stranger = Sender(waID: nil, userID: Self.userID)
            let asked = try await Self.send(.text("K7PQ-2MXD"), from: stranger, to: store)
            guard case .contact = asked.question else { throw UnexpectedOutcome() }
            // What the provider says of the stranger's own message.
            try await store.recordSend(
                MessageReference(link.login.id, .contact), messageID: "wamid.q",
                waID: "4930123456")
            for messageID in ["wamid.q", ""] {
                let report = DeliveryReport(
                    messageID: messageID, reference: MessageReference(link.login.id, .contact),
                    recipient: Sender(waID: nil, userID: Self.userID, identityHash: "theirs"),
                    progress: .reached(.read))
                _ = try await store.apply([report], at: Self.now)
            }
            #expect(try await Self.tap(prompt, from: stranger, to: store).changed.isEmpty)
            let card = InboundMessage.Content.contact(
                [try Sample.phone("4930123456")], isRequested: true)
            #expect(try await Self.send(card, from: stranger, to: store).changed.isEmpty)
            // The phone that was named still signs in.
            let named = Sender(waID: Self.phone, identityHash: "mine")
            let result = try await Self.send(.text("K7PQ-2MXD"), from: named, to: store)
            #expect(result.changed == [link.login.id])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `one question is for all codes of a person, and the answer completes them`(
        _ kind: StoreKind
    ) async throws {
        try await kind.open { store in
            let links = [try SampleLogin(code: "K7PQ-2MXD"), try SampleLogin(code: "AAAA-BBBB")]
            for link in links { try await store.insert(link.login) }
            let hidden = Sender(waID: nil, userID: Self.userID)
            var questions = 0
            for link in links {
                let result = try await Self.send(.text(link.code), from: hidden, to: store)
                if result.question != nil { questions += 1 }
            }
            #expect(questions == 1)
            let card = InboundMessage.Content.contact(
                [try Sample.phone(Self.phone)], isRequested: true)
            let result = try await Self.send(card, from: hidden, to: store)
            #expect(Set(result.changed) == Set(links.map(\.login.id)))
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `what is delivered late gives a number back to nobody who had it before`(
        _ kind: StoreKind
    ) async throws {
        for isKnown in [true, false] {
            try await kind.open { store in
                try await Self.deliverLate(to: store, isKnown)
            }
        }
    }

    private static func deliverLate(to store: any Store, _ isKnown: Bool) async throws {
        let both = Sender(waID: Self.phone, userID: Self.userID)
        let before = Self.now - .seconds(60)
        if isKnown { _ = try await Self.send(.other, from: both, to: store, sentAt: before) }
        _ = try await Self.send(.numberChanged, from: Sender(waID: Self.phone), to: store)
        let prompt = try SampleLogin()
        try await store.insert(prompt.login)
        // The same text once more, and a report of before.
        _ = try await Self.send(.other, from: both, to: store, sentAt: before)
        let report = DeliveryReport(
            messageID: "", reference: MessageReference(prompt.login.id, .buttons),
            sentAt: before, recipient: Sender(waID: nil, userID: Self.userID),
            progress: .reached(.sent))
        _ = try await store.apply([report], at: Self.now)
        let former = Sender(waID: nil, userID: Self.userID)
        #expect(try await Self.tap(prompt, from: former, to: store).changed.isEmpty)
    }

    @Test(arguments: StoreKind.allCases, [false, true])
    func `a card that was not asked for, or with two numbers, is no proof: the login has failed`(
        _ kind: StoreKind, _ isRequested: Bool
    ) async throws {
        try await kind.open { store in
            let link = try SampleLogin(code: "K7PQ-2MXD")
            try await store.insert(link.login)
            let hidden = Sender(waID: nil, userID: Self.userID)
            _ = try await Self.send(.text("K7PQ-2MXD"), from: hidden, to: store)
            var phones = [try Sample.phone(Self.phone)]
            if isRequested { phones.append(try Sample.phone("16505550143")) }
            let result = try await Self.send(
                .contact(phones, isRequested: isRequested), from: hidden, to: store)
            #expect(result.changed == [link.login.id])
            let login = try #require(try await store.login(link.login.id))
            #expect(login.standing(at: Self.now) == .ended(.phoneNumberHidden))
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a login that waits for a number in vain has failed when its time is over`(
        _ kind: StoreKind
    ) async throws {
        try await kind.open { store in
            let link = try SampleLogin(code: "K7PQ-2MXD")
            try await store.insert(link.login)
            _ = try await Self.send(
                .text("K7PQ-2MXD"), from: Sender(waID: nil, userID: Self.userID), to: store)
            let login = try #require(try await store.login(link.login.id))
            #expect(login.standing(at: login.expiresAt) == .ended(.phoneNumberHidden))
        }
    }

    // MARK: Changed numbers and holders

    @Test(arguments: StoreKind.allCases)
    func `a changed number ends what is pending and parts the account, whose devices stay`(
        _ kind: StoreKind
    ) async throws {
        try await kind.open { store in
            let (family, _) = try await store.signIn()
            let pending = [
                try SampleLogin(), try SampleLogin(code: "K7PQ-2MXD", phone: Self.phone),
            ]
            for sample in pending { try await store.insert(sample.login) }
            let sender = Sender(waID: Self.phone, userID: Self.userID)
            let result = try await Self.send(.numberChanged, from: sender, to: store)
            #expect(Set(result.changed) == Set(pending.map(\.login.id)))
            for sample in pending {
                #expect(try await store.login(sample.login.id)?.state == .cancelled)
            }
            let devices = try await store.devices(
                of: family.user, idle: .seconds(60), at: Self.now)
            #expect(devices.map(\.id) == [family.id])
            #expect(try await store.user(family.user)?.phone.digits == Self.phone)
            // Whoever had the number before is not taken for its holder.
            let prompt = try SampleLogin()
            try await store.insert(prompt.login)
            let former = Sender(waID: nil, userID: Self.userID)
            #expect(try await Self.tap(prompt, from: former, to: store).changed.isEmpty)
            let (_, next) = try await store.insertConfirmed()
            #expect(next != family.user)
            #expect(try await store.insertConfirmed().user == next)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `another holder of a number ends what is pending for it`(_ kind: StoreKind) async throws {
        for isNotice in [false, true] {
            try await kind.open { store in
                let first = Sender(waID: Self.phone, identityHash: "one")
                _ = try await Self.send(.other, from: first, to: store)
                let sample = try SampleLogin()
                try await store.insert(sample.login)
                #expect(try await Self.send(.other, from: first, to: store).changed.isEmpty)
                let second = Sender(waID: Self.phone, identityHash: "two")
                let result =
                    isNotice
                    ? try await Self.send(.identityChanged, from: second, to: store)
                    : try await Self.tap(sample, from: second, to: store)
                #expect(result.changed == [sample.login.id])
                #expect(try await store.login(sample.login.id)?.state == .cancelled)
                // From now on it is theirs; an older message of the former holder changes nothing.
                let next = try SampleLogin()
                try await store.insert(next.login)
                let old = try await Self.send(
                    .other, from: first, to: store, sentAt: Sample.start - .seconds(60))
                #expect(old.changed.isEmpty)
                let tap = try await Self.tap(next, from: second, to: store)
                #expect(tap.changed == [next.login.id])
                #expect(try await store.login(next.login.id)?.state == .confirmed)
            }
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a report that names another holder ends what is pending`(_ kind: StoreKind) async throws {
        try await kind.open { store in
            let sample = try SampleLogin()
            try await store.insert(sample.login)
            for hash in ["one", "two"] {
                try await Self.report(
                    on: sample, Sender(waID: Self.phone, identityHash: hash), to: store)
            }
            #expect(try await store.login(sample.login.id)?.state == .cancelled)
        }
    }

    // MARK: Spellings

    @Test(arguments: StoreKind.allCases)
    func `two spellings of one phone are one account`(_ kind: StoreKind) async throws {
        try await kind.open { store in
            for (one, other) in [
                ("5215512345678", "525512345678"), ("5491123456789", "541123456789"),
                ("5511987654321", "551187654321"),
            ] {
                let first = try await store.insertConfirmed(phone: one).user
                #expect(try await store.insertConfirmed(phone: other).user == first)
            }
        }
    }

    // MARK: Sending

    private static func tap(
        _ sample: SampleLogin, from sender: Sender, to store: any Store
    ) async throws -> AnswerResult {
        try await send(try sample.answer().content, from: sender, to: store)
    }

    private static func send(
        _ content: InboundMessage.Content, from sender: Sender, to store: any Store,
        sentAt: Timestamp = now
    ) async throws -> AnswerResult {
        let message = InboundMessage(
            id: Sample.messageID(), sender: sender, sentAt: sentAt, content: content)
        let results = try await store.receive([message], AnswerPolicy(), at: now)
        return try #require(results.first)
    }

    private static func report(
        on sample: SampleLogin, _ recipient: Sender, to store: any Store
    ) async throws {
        let report = DeliveryReport(
            messageID: "", reference: MessageReference(sample.login.id, .buttons),
            recipient: recipient, progress: .reached(.sent))
        _ = try await store.apply([report], at: now)
    }
}
