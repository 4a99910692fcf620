import Loop
import OTPless
import TestSupport
import Testing
import WSGateway
import Wire

/// A gateway on a real app, reached over loopback; messages go nowhere.
struct Rig {
    let app: App
    let events = LoginEvents()
    let gateway: Gateway
    let server: Server
    private let messenger = LastPromptMessenger()
    let loop: EventLoop

    struct Unusable: Error {}

    /// The verifier of RFC 7636, appendix B, and its challenge.
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    static let challenge = CodeChallenge("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")

    fileprivate init(
        _ store: any Store, _ clock: any WallClock, _ lifetime: Duration, _ loops: [EventLoop]
    ) async throws {
        var config = Config.unlimited
        config.tokens.secret = Secret(String(repeating: "s", count: 32))
        config.loginLifetime = lifetime
        app = try await App(
            config: config, store: store, messenger: messenger, events: events, log: Log(),
            clock: clock)
        gateway = Gateway(app, events: events)
        loop = loops[0]
        let (logins, gateway) = (app.logins, gateway)
        var router = Router()
        router.on(.get, "/ws") { request in
            .later { _ in await Self.attach(request, logins, gateway) }
        }
        guard let address = SocketAddress("127.0.0.1:0") else { throw Unusable() }
        let configuration = Server.Configuration(addresses: [address]) { Response(status: $0) }
        server = try await Server(configuration, router: router, on: loops)
    }

    private static func attach(
        _ request: Request, _ logins: Logins, _ gateway: Gateway
    ) async -> Response {
        do throws(Failure) {
            let session = request.queryItem("sessionId") ?? ""
            let login = try await logins.find(session)
            return Response(
                upgrade: try gateway.upgrade(
                    login, session: session, accept: "proof", request: request.id))
        } catch {
            return Response(status: error.code.status, body: Array(error.code.rawValue.utf8))
        }
    }

    /// Starts a login.
    func start(_ challenge: CodeChallenge? = nil) async throws -> Started {
        guard let phone = PhoneNumber("+16505550142") else { throw Unusable() }
        let attempt = Logins.Attempt(phone: phone, codeChallenge: challenge)
        let started = try await app.logins.start(attempt, on: loop)
        let (session, expiresAt) = (started.session, started.expiresAt)
        guard let prompt = messenger.last else { throw Unusable() }
        return Started(session: session.text, expiresAt: expiresAt, prompt: prompt)
    }

    /// What the phone answers.
    func answer(_ login: Started, _ payload: KeyPath<Prompt, AnswerPayload>) async throws(Failure) {
        let message = InboundMessage(
            id: "wamid.IN-\(login.id)", sender: login.prompt.phone?.digits ?? "", sentAt: nil,
            content: .button(login.prompt[keyPath: payload]))
        try await app.logins.receive([message], on: loop)
    }

    func report(_ login: Started, _ progress: DeliveryReport.Progress) async throws(Failure) {
        let report = DeliveryReport(
            messageID: "", reference: MessageReference(login.id, .buttons), progress: progress)
        try await app.logins.apply([report], on: loop)
    }

    /// Opens a WebSocket that waits for a login.
    func connect(_ login: Started) async throws -> Client {
        let client = try Client(port: server.addresses[0].port)
        #expect(try await client.upgrade("/ws?sessionId=\(login.session)").status == 101)
        return client
    }

    /// Starts a login with a page that has been told to wait.
    func wait() async throws -> (login: Started, page: Client) {
        let login = try await start()
        let page = try await connect(login)
        #expect(try await page.event().name == "pending")
        return (login, page)
    }

    /// What a page hears that asks for a WebSocket in vain.
    func refusal(_ login: Started) async throws -> Received {
        try await Client(port: server.addresses[0].port)
            .upgrade("/ws?sessionId=\(login.session)")
    }
}

/// A login that waits for its answer.
struct Started {
    let session: String
    let expiresAt: Timestamp
    let prompt: Prompt

    var id: LoginID { prompt.login }
}

/// Runs a gateway for as long as `body` does; a body that throws leaves its loops alone.
func withGateway(
    _ store: (any Store)? = nil, clock: any WallClock = SystemClock(),
    lifetime: Duration = .seconds(300), _ body: (Rig) async throws -> Void
) async throws {
    let loops = try LoopGroup(count: 2)
    let store = try store ?? SQLiteStore(path: ":memory:")
    let rig = try await Rig(store, clock, lifetime, loops.loops)
    try await body(rig)
    await rig.server.drain(within: .milliseconds(100))
    loops.stop()
}
