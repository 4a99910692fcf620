import Loop
import OTPless
import TestSupport
import Testing

/// The product without a network: a real loop and store, a clock and a messenger that obey the test.
struct Service: Sendable {
    let app: App
    let config: Config
    let store: any Store
    let clock: TestClock
    let messenger: FakeMessenger
    let loop: EventLoop
    let hints: Hints

    /// What was published.
    final class Hints: Sendable {
        private let ids = Locked<[LoginID]>([])

        var all: [LoginID] { ids.withLock { $0 } }

        func add(_ id: LoginID) { ids.withLock { $0.append(id) } }
    }

    static func run(
        on kind: StoreKind = .sqliteMemory, with config: Config = .unlimited,
        _ body: (Service) async throws -> Void
    ) async throws {
        let loops = try LoopGroup(count: 1)
        defer { loops.stop() }
        try await kind.open { store in
            try await body(try await Service(store: store, loop: loops.loops[0], config))
        }
    }

    /// Whether a page waits for the logins here.
    enum Page {
        case none
        case there
        /// It waits when the answer comes, and not when it is told.
        case leaving
    }

    let page = Locked(Page.none)

    init(
        store: any Store, loop: EventLoop, _ settings: Config = .unlimited
    ) async throws {
        var config = settings
        config.publicURL = "https://login.example.com"
        config.appName = "Example"
        config.tokens.secret = Secret("0123456789abcdef0123456789abcdef")
        config.tokens.issuer = config.publicURL
        config.tokens.audience = config.publicURL
        self.config = config
        self.store = store
        self.loop = loop
        clock = TestClock()
        messenger = FakeMessenger()
        let hints = Hints()
        self.hints = hints
        let events = LoginEvents()
        let page = page
        events.subscribe(
            awaiting: { _ in page.withLock { $0 != .none } },
            hearing: {
                hints.add($0.login)
                return page.withLock { $0 == .there }
            })
        app = try await App(
            config: config, store: store, messenger: messenger, events: events, log: Log(),
            clock: clock, entropy: .seeded())
    }

    /// Starts a login; the page's session id and what the phone was sent.
    func start(
        phone: String = "16505550142", name: String? = nil, challenge: CodeChallenge? = nil
    ) async throws -> (session: String, prompt: Prompt) {
        let attempt = Logins.Attempt(
            phone: try Sample.phone(phone), codeChallenge: challenge, name: name)
        let started = try await app.logins.start(attempt, on: loop)
        return (started.session.text, try #require(messenger.prompts.last))
    }

    /// Taps a button of a message.
    func tap(_ payload: AnswerPayload, from sender: String = "16505550142", id: String? = nil)
        async throws
    {
        let messageID = id ?? "in.\(Identifier<InboundMessage>.make(at: clock.now, .system))"
        try await receive(
            InboundMessage(id: messageID, sender: sender, sentAt: nil, content: .button(payload)))
    }

    /// Takes what a phone sent.
    func receive(_ message: InboundMessage) async throws {
        try await app.logins.receive([message], on: loop)
    }

    /// Takes what the provider reports of a login's message.
    func report(
        _ progress: DeliveryReport.Progress, on login: LoginID,
        _ kind: Login.MessageKind = .buttons
    ) async throws {
        let report = DeliveryReport(
            messageID: "", reference: MessageReference(login, kind), progress: progress)
        try await app.logins.apply([report], on: loop)
    }

    /// Waits until the loop has done what it spawned.
    func settle() async throws {
        try await wait(for: "the loop's tasks") { await loop.taskCount == 0 }
    }

    /// What a page that asks gets.
    func outcome(of session: String) async throws -> Logins.Outcome {
        try await app.logins.outcome(of: try await app.logins.find(session))
    }

    /// The tokens of a login that must be confirmed.
    func collect(_ session: String) async throws -> Grant {
        guard case .confirmed(let grant, _) = try await outcome(of: session) else {
            throw UnexpectedOutcome()
        }
        return grant
    }

    /// Signs somebody in all the way.
    func signIn(phone: String = "16505550142") async throws -> Grant {
        let (session, prompt) = try await start(phone: phone)
        try await tap(prompt.confirm, from: phone)
        return try await collect(session)
    }

    /// The header of a request with an access token.
    static func bearer(_ token: String) -> ArraySlice<UInt8> { Array("Bearer \(token)".utf8)[...] }
}

/// The code with which a piece of work fails; nil when it succeeds.
func failure(of work: () async throws -> Void) async throws -> Failure? {
    do {
        try await work()
        return nil
    } catch let failure as Failure {
        return failure
    }
}
