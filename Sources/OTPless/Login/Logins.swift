import Loop
import Metrics

/// The rules of signing in: start, answer, hand over, end.
public struct Logins: Sendable {
    /// How logins are made.
    public struct Settings: Sendable {
        /// How long a login may be confirmed.
        public var lifetime: Duration

        /// Who asks, as people know it.
        public var appName: String

        /// How logins may be started.
        public var methods: Set<Login.Method>

        /// How often prompts are sent.
        public var limits: Config.Limits

        /// The sending number, which links name.
        public var businessNumber: String

        /// What stands before that number in links.
        public var chatURL: String

        /// What answers may do.
        public var answers = AnswerPolicy()

        /// Whether pages are told what the provider reports of their message.
        public var deliveryEvents = true

        /// Settings as configured.
        public init(_ config: Config) {
            lifetime = config.loginLifetime
            appName = config.appName
            methods = config.methods
            limits = config.limits
            businessNumber = PhoneNumber(config.whatsApp.phoneNumber)?.digits ?? ""
            chatURL = config.whatsApp.chatURL
            answers.confirmation = config.confirmation
            answers.codeLimit = config.limits.codes
            answers.countries = config.countries
            answers.typedWords = config.typedWords
            answers.denyBlock = config.denyBlock
            deliveryEvents = config.deliveryEvents
        }
    }

    /// What a page asks for.
    public struct Attempt: Sendable {
        /// How to start.
        public var method: Login.Method

        /// The number to be proved; nil for a link that any phone may answer.
        public var phone: PhoneNumber?

        /// The client's network, which limits count by.
        public var network: String?

        /// Binds the login to the page.
        public var codeChallenge: CodeChallenge?

        /// The name for a new account.
        public var name: String?

        /// Who asks.
        public var device: Login.Device

        /// An attempt.
        public init(
            _ method: Login.Method = .prompt, phone: PhoneNumber?, network: String? = nil,
            codeChallenge: CodeChallenge? = nil, name: String? = nil,
            device: Login.Device = Login.Device()
        ) {
            self.method = method
            self.network = network
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
    /// What link codes are hashed with.
    let codeKey: HMACKey
    let clock: any WallClock
    let entropy: Entropy
    let log: Log
    let metrics: LoginMetrics

    /// The rules, with all they need.
    public init(
        store: any Store, tokens: Tokens, messenger: any Messenger, events: LoginEvents,
        settings: Settings, codeKey: HMACKey, clock: any WallClock, entropy: Entropy, log: Log,
        metrics: LoginMetrics
    ) {
        self.codeKey = codeKey
        self.store = store
        self.tokens = tokens
        self.messenger = messenger
        self.events = events
        self.settings = settings
        self.clock = clock
        self.entropy = entropy
        self.log = log
        self.metrics = metrics
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
        guard let login = found, isKnown(login, by: session) else {
            throw Failure(.sessionNotFound)
        }
        return login
    }

    /// The same, if it can be told without waiting; nil tells nothing.
    public func findAtOnce(_ text: String) -> Login? {
        guard let session = SessionID(text), let login = store.loginAtOnce(session.login),
            isKnown(login, by: session)
        else { return nil }
        return login
    }

    private func isKnown(_ login: Login, by session: SessionID) -> Bool {
        login.sessionDigest.matches(session.secret) && login.standing(at: clock.now) != .forgotten
    }

    /// The login of an id that a hint named.
    public func read(_ id: LoginID) async throws(Failure) -> Login? {
        try await log.guarding { () async throws(StoreError) in try await store.login(id) }
    }

    /// The login of a page that begins to wait here; other nodes know where from now on.
    ///
    /// - Parameter isThere: Whether the page has not gone meanwhile.
    public func arrive(
        _ id: LoginID, while isThere: @escaping @Sendable () -> Bool
    ) async throws(Failure) -> Login? {
        guard let node = events.node else { return try await read(id) }
        let found = try await log.guarding { () async throws(StoreError) in
            try await store.attach(id, to: node, while: isThere)
        }
        guard var login = found, isThere() else { return found }
        // An older page may wait there: it will see that it has been replaced.
        events.tellOther(login.node, of: id)
        login.node = node
        return login
    }

    /// Whether the page of a login has begun to wait at another node.
    public func isElsewhere(_ login: Login) -> Bool { login.node != events.node }

    /// The login of an id, if it is pending and that can be told without waiting; nil tells nothing.
    public func pendingAtOnce(_ id: LoginID) -> Login? {
        guard let login = store.loginAtOnce(id), login.standing(at: clock.now) == .pending else {
            return nil
        }
        return login
    }

    func change(
        _ id: LoginID, recording event: AuditEvent? = nil,
        by rule: @escaping @Sendable (inout Login, Timestamp) -> Bool
    ) async throws(Failure) -> Login? {
        let now = clock.now
        return try await log.guarding { () async throws(StoreError) in
            try await store.change(id, recording: event) { rule(&$0, now) }
        }
    }

    /// Ends a login that nobody has answered yet; returns it as it is then.
    func end(
        _ id: LoginID, as outcome: Login.State, counted end: LoginMetrics.End
    ) async throws(Failure) -> Login? {
        let hasChanged = Locked(false)
        let event = outcome == .cancelled ? AuditEvent.loginCancelled : .loginFailed
        let login = try await change(id, recording: event) { login, now in
            let changes = login.end(as: outcome, at: now)
            hasChanged.withLock { $0 = changes }
            return changes
        }
        if hasChanged.withLock({ $0 }) { metrics.ended[end].add() }
        return login
    }
}
