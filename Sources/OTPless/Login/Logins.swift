public import Loop

/// The rules of signing in: start, answer, hand over, end.
public struct Logins: Sendable {
    /// How logins are made.
    public struct Settings: Sendable {
        /// How long a login may be confirmed.
        public var lifetime: Duration

        /// Who asks, as people know it.
        public var appName: String

        /// Settings as configured.
        public init(lifetime: Duration, appName: String) {
            self.lifetime = lifetime
            self.appName = appName
        }
    }

    /// What a page asks for.
    public struct Attempt: Sendable {
        /// The number to be proved.
        public var phone: PhoneNumber

        /// Binds the login to the page.
        public var codeChallenge: CodeChallenge?

        /// The name for a new account.
        public var name: String?

        /// Who asks.
        public var device: Login.Device

        /// An attempt.
        public init(
            phone: PhoneNumber, codeChallenge: CodeChallenge? = nil, name: String? = nil,
            device: Login.Device = Login.Device()
        ) {
            self.phone = phone
            self.codeChallenge = codeChallenge
            self.name = name
            self.device = device
        }
    }

    let store: any Store
    let tokens: Tokens
    let messenger: any Messenger
    let events: LoginEvents
    let settings: Settings
    let clock: any WallClock
    let entropy: Entropy
    let log: Log

    /// The rules, with all they need.
    public init(
        store: any Store, tokens: Tokens, messenger: any Messenger, events: LoginEvents,
        settings: Settings, clock: any WallClock, entropy: Entropy, log: Log
    ) {
        self.store = store
        self.tokens = tokens
        self.messenger = messenger
        self.events = events
        self.settings = settings
        self.clock = clock
        self.entropy = entropy
        self.log = log
    }

    /// Starts a login: stores it, then asks the phone.
    ///
    /// - Throws: `MESSAGE_SEND_FAILED` when the provider did not take the message, whatever the
    ///   cause: the login is ended, and a tap that still comes does nothing.
    public func start(
        _ attempt: Attempt, on loop: isolated EventLoop
    ) async throws(Failure) -> (session: SessionID, expiresAt: Timestamp) {
        let now = clock.now
        let id = LoginID.make(at: now, entropy)
        let session = SessionID(login: id, secret: entropy.bytes(SecretReference.secretLength))
        let answer = entropy.bytes(SecretReference.secretLength)
        let login = Login(
            id: id, sessionDigest: Digest(of: session.secret), answerDigest: Digest(of: answer),
            codeChallenge: attempt.codeChallenge, phone: attempt.phone, createdAt: now,
            expiresAt: now + settings.lifetime, name: attempt.name, device: attempt.device)
        try await log.guarding { () async throws(StoreError) in try await store.insert(login) }
        let prompt = Prompt(
            login: id, phone: login.phone,
            confirm: AnswerPayload(.confirm, login: id, secret: answer),
            deny: AnswerPayload(.deny, login: id, secret: answer), appName: settings.appName)
        try await send(prompt, on: loop)
        log.write(
            .info, "login started", ["login": .text("\(id)"), "phone": .text(login.phone.masked)])
        return (session, login.expiresAt)
    }

    private func send(_ prompt: Prompt, on loop: isolated EventLoop) async throws(Failure) {
        let id = prompt.login
        switch await messenger.send(prompt, on: loop) {
        case .success(let sent):
            try await log.guarding { () async throws(StoreError) in
                try await store.recordSend(id, messageID: sent.id, waID: sent.waID)
            }
        case .failure(let failure):
            log.write(
                .error, "message not sent",
                ["login": .text("\(id)"), "cause": .text(failure.description)])
            _ = try await change(id) { login, now in login.end(as: .failed, at: now) }
            throw Failure(.messageSendFailed)
        }
    }

    /// The login of a session id.
    ///
    /// - Throws: `SESSION_NOT_FOUND`, also for a right id with a wrong secret and for a login so old
    ///   that it is forgotten.
    public func find(_ text: String) async throws(Failure) -> Login {
        guard let session = SessionID(text) else { throw Failure(.sessionNotFound) }
        let found = try await log.guarding { () async throws(StoreError) in
            try await store.login(session.login)
        }
        guard let login = found, login.sessionDigest.matches(session.secret),
            login.standing(at: clock.now) != .forgotten
        else { throw Failure(.sessionNotFound) }
        return login
    }

    /// The login of an id that a hint named.
    public func read(_ id: LoginID) async throws(Failure) -> Login? {
        try await log.guarding { () async throws(StoreError) in try await store.login(id) }
    }

    func change(
        _ id: LoginID, by rule: @escaping @Sendable (inout Login, Timestamp) -> Bool
    ) async throws(Failure) -> Login? {
        let now = clock.now
        return try await log.guarding { () async throws(StoreError) in
            try await store.change(id) { rule(&$0, now) }
        }
    }
}
