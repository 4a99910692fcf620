import Loop
import OTPless
import TestSupport
import Webhook
import Wire

/// An app on a store in memory whose messages go nowhere; its clock is set by hand.
final class TestApp {
    static let appSecret = Secret("app-secret")
    static let phoneNumberID = "106540352242922"
    static let beginning = Timestamp(seconds: 1_790_000_000)

    let app: App
    let endpoint: WebhookEndpoint
    let clock = TestClock(TestApp.beginning)
    let events = EventLog()
    private let messenger = LastPromptMessenger()
    private let loops: LoopGroup

    struct Unusable: Error {}

    convenience init(_ store: (any Store)? = nil) async throws {
        var settings = Config().whatsApp
        settings.appSecret = Self.appSecret
        settings.verifyToken = Secret("verify me")
        settings.phoneNumberID = Self.phoneNumberID
        try await self.init(settings, store)
    }

    /// An app with these secrets.
    init(_ settings: Config.WhatsApp, _ store: (any Store)? = nil) async throws {
        var config = Config.unlimited
        config.appName = "Test"
        config.tokens.secret = Secret(String(repeating: "s", count: 32))
        config.whatsApp = settings
        loops = try LoopGroup(count: 1)
        let hints = LoginEvents()
        let events = events
        hints.subscribe {
            events.add($0.login)
            return true
        }
        app = try await App(
            config: config, store: try store ?? SQLiteStore(path: ":memory:"), messenger: messenger,
            events: hints, log: Log(), clock: clock)
        guard let endpoint = WebhookEndpoint(app) else { throw Unusable() }
        self.endpoint = endpoint
    }

    deinit { loops.stop() }

    /// Starts a login and returns what its message carried.
    func start(_ number: String = "+16505550142") async throws -> Started {
        guard let phone = PhoneNumber(number) else { throw Unusable() }
        let session = try await app.logins.start(
            Logins.Attempt(phone: phone), on: loops.loops[0]
        ).session
        guard let prompt = messenger.last else { throw Unusable() }
        return Started(
            id: prompt.login, session: session.text,
            messageID: LastPromptMessenger.messageID(prompt),
            confirm: prompt.confirm.text, deny: prompt.deny.text, sender: phone.digits)
    }

    /// Starts a login by the other method and returns what its page shows.
    func startLink() async throws -> Started {
        let started = try await app.logins.start(
            Logins.Attempt(.link, phone: nil), on: loops.loops[0])
        return Started(
            id: started.session.login, session: started.session.text, messageID: "",
            confirm: "", deny: "", sender: "16505550142", code: started.link?.code ?? "")
    }

    /// Delivers a body with a right signature.
    func deliver(_ body: String) async throws(Failure) {
        let bytes = Array(body.utf8)
        let signature = Signing.header(for: bytes, secret: app.config.whatsApp.appSecret)
        try await post([("X-Hub-Signature-256", signature)], bytes)
    }

    /// Delivers a body with these header fields.
    func post(_ headers: [(String, String)], _ body: [UInt8]) async throws(Failure) {
        try await endpoint.receive(
            Request(method: .post, target: "/api/webhook", headers: headers, body: body),
            on: loops.loops[0])
    }

    /// The state of a login, as the store has it.
    func state(of login: Started) async throws -> Login.State? {
        try await app.store.login(login.id)?.state
    }

    func delivery(of login: Started) async throws -> Login.Delivery? {
        try await app.store.login(login.id)?.delivery
    }
}

/// A login that waits for its answer.
struct Started {
    let id: LoginID
    let session: String
    let messageID: String
    let confirm: String
    let deny: String
    let sender: String
    var code = ""
}

enum Signing {
    static func header(for body: [UInt8], secret: Secret = TestApp.appSecret) -> String {
        let code = HMACKey(secret.bytes)?.code(of: body[...]) ?? []
        return "sha256=" + code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

/// The logins that were hinted at.
final class EventLog: Sendable {
    private let list = Locked<[LoginID]>([])

    var logins: [LoginID] { list.withLock { $0 } }

    func add(_ login: LoginID) { list.withLock { $0.append(login) } }
}
