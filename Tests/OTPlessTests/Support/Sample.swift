import OTPless
import Testing

/// Values that tests begin with.
enum Sample {
    static let start = Timestamp(seconds: 1_800_000_000)

    static func phone(_ digits: String = "16505550142") throws -> PhoneNumber {
        try #require(PhoneNumber(waID: digits))
    }

    static func user(name: String? = nil, _ entropy: Entropy = .system) throws -> User {
        User(
            id: .make(at: start, entropy), phone: try phone(), name: name,
            createdAt: start)
    }

    /// A family and its first token.
    static func family(
        of user: UserID = .make(at: start, .system), at now: Timestamp = start
    ) throws -> (family: RefreshFamily, token: RefreshToken) {
        RefreshFamily.begin(
            id: .make(at: now, .system), user: user, login: .make(at: now, .system), key: try key(),
            at: now, .system)
    }

    /// A fresh id as the provider gives messages.
    static func messageID() -> String {
        "in.\(Identifier<InboundMessage>.make(at: start, .system))"
    }

    static func key(_ byte: UInt8 = 7) throws -> HMACKey {
        try #require(HMACKey([UInt8](repeating: byte, count: 32)))
    }
}

/// A pending login and the secrets that belong to it, which a `Login` keeps as hashes only.
struct SampleLogin {
    var login: Login
    let sessionSecret: [UInt8]
    let answerSecret: [UInt8]

    init(
        phone: String = "16505550142", name: String? = nil, at now: Timestamp = Sample.start,
        lifetime: Duration = .seconds(300), challenge: CodeChallenge? = nil,
        number: Int? = nil
    ) throws {
        sessionSecret = Entropy.system.bytes(16)
        answerSecret = Entropy.system.bytes(16)
        login = Login(
            id: .make(at: now, .system), sessionDigest: Digest(of: sessionSecret),
            answerDigest: Digest(of: answerSecret), codeChallenge: challenge,
            phone: try Sample.phone(phone),
            matchNumber: number.flatMap { MatchNumber(typed: "\($0)") },
            createdAt: now, expiresAt: now + lifetime, name: name)
        code = ""
    }

    /// A login whose page shows a code.
    init(
        code: String, phone: String? = nil, at now: Timestamp = Sample.start, number: Int? = nil
    ) throws {
        self.code = code
        sessionSecret = Entropy.system.bytes(16)
        answerSecret = Entropy.system.bytes(16)
        let found = LinkCode.candidates(in: code).codes
        login = Login(
            id: .make(at: now, .system), sessionDigest: Digest(of: sessionSecret),
            answerDigest: Digest(of: answerSecret), codeChallenge: nil,
            phone: try phone.map { try Sample.phone($0) },
            codeDigest: try #require(found.first).digest(try Sample.key(9)),
            matchNumber: number.flatMap { MatchNumber(typed: "\($0)") }, createdAt: now,
            expiresAt: now + .seconds(300))
    }

    /// What the page shows, where it shows a code.
    let code: String

    /// What the page would hold.
    var session: String { Base64URL.encode(login.id.bytes + sessionSecret) }

    /// A tap on a button of its message.
    func answer(
        _ verb: AnswerPayload.Verb = .confirm, from sender: String? = nil, id: String? = nil,
        secret: [UInt8]? = nil, quoting quoted: String? = nil
    ) throws -> InboundMessage {
        let text = verb.rawValue + Base64URL.encode(login.id.bytes + (secret ?? answerSecret))
        return InboundMessage(
            id: id ?? Sample.messageID(), sender: sender ?? login.phone?.digits ?? "",
            sentAt: Sample.start, quotedMessageID: quoted,
            content: .button(try #require(AnswerPayload(text))))
    }
}

extension Store {
    /// Makes a family the one that a login hands out, to whoever asks.
    func collect(
        _ family: RefreshFamily, for id: LoginID, at now: Timestamp
    ) async throws(StoreError) -> Handover {
        try await collect(family, for: id, to: nil, at: now)
    }
}

extension Store {
    /// Applies one message; the id of the login that it changed.
    @discardableResult
    func apply(
        _ message: InboundMessage, at now: Timestamp = Sample.start
    ) async throws -> LoginID? {
        let results = try await receive([message], at: now)
        #expect(results.count == 1)
        #expect(results.flatMap(\.changed).count <= 1)
        return results.first?.changed.first
    }

    /// Applies messages; a deny blocks nothing here.
    func receive(
        _ messages: [InboundMessage], typedWords: Bool = true, denyBlock: Duration? = nil,
        at now: Timestamp = Sample.start
    ) async throws -> [AnswerResult] {
        var policy = AnswerPolicy()
        policy.typedWords = typedWords
        policy.denyBlock = denyBlock
        return try await receive(messages, policy, at: now)
    }

    func receive(
        _ messages: [InboundMessage], _ policy: AnswerPolicy, at now: Timestamp = Sample.start,
        begin: @escaping FirstPair.Maker = { _, _ in nil }
    ) async throws -> [AnswerResult] {
        let key = try Sample.key(9)
        let answers = messages.map { IncomingAnswer($0, policy, codeKey: key, at: now, .system) }
        return try await receive(answers, policy: policy, begin: begin, at: now)
    }

    func change(
        _ id: LoginID, by rule: @escaping @Sendable (inout Login) -> Bool
    ) async throws(StoreError) -> Login? {
        try await change(id, recording: nil, by: rule)
    }

    func end(_ family: FamilyID, at now: Timestamp) async throws(StoreError) -> Bool {
        try await end(family, recording: .loggedOut, at: now) != nil
    }

    /// Stores a login without any limit.
    @discardableResult
    func insert(_ login: Login) async throws(StoreError) -> Admission {
        try await insert(login, on: AdmissionTerms())
    }

    /// Stores a login that its phone has confirmed.
    func insertConfirmed(
        phone: String = "16505550142", name: String? = nil, at now: Timestamp = Sample.start
    ) async throws -> (login: LoginID, user: UserID) {
        let sample = try SampleLogin(phone: phone, name: name, at: now)
        try await insert(sample.login)
        try await apply(sample.answer(), at: now)
        let login = try #require(try await login(sample.login.id))
        return (login.id, try #require(login.user))
    }

    /// Signs somebody in and hands out a first pair.
    func signIn(
        phone: String = "16505550142", at now: Timestamp = Sample.start
    ) async throws -> (family: RefreshFamily, token: RefreshToken) {
        let (login, user) = try await insertConfirmed(phone: phone, at: now)
        let made = RefreshFamily.begin(
            id: .make(at: now, .system), user: user, login: login, key: try Sample.key(), at: now,
            .system)
        guard case .collected = try await collect(made.family, for: login, at: now) else {
            throw UnexpectedOutcome()
        }
        return made
    }
}

struct UnexpectedOutcome: Error {}
