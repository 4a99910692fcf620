/// Everything the endpoints need, made once at start and passed on.
public struct App: Sendable {
    /// What the operator set.
    public let config: Config

    /// Where everything is kept.
    public let store: any Store

    /// Who hears that a login has changed.
    let events: LoginEvents

    /// Signing in.
    public let logins: Logins

    /// Tokens.
    public let tokens: Tokens

    /// The keys of access tokens.
    public let access: AccessTokens

    /// Accounts.
    public let users: Users

    /// What is counted of logins and tokens.
    public let metrics = LoginMetrics()

    /// The audit of what was rejected.
    public let rejections: Rejections

    /// The log.
    public let log: Log

    /// Whether the server is stopping.
    public let draining = Draining()

    /// The time.
    public let clock: any WallClock

    /// How far the clock may be ahead while a server starts, and be set right later.
    private static let clockTolerance = Duration.seconds(2 * 3600)

    /// How long a user is believed that another node may have changed without our hearing of it; less than
    /// the second that is promised, as asking anew takes time.
    private static let foreignMemory = Duration.milliseconds(750)

    /// Puts the parts together: reads what the store keeps of earlier runs.
    ///
    /// - Parameter keys: What access tokens are signed with; nil: the configuration's secret.
    /// - Throws: `StoreError` when the store is down; `ConfigError` when the token secret is empty.
    public init(
        config: Config, keys: KeyRing? = nil, store: any Store, messenger: any Messenger,
        events: LoginEvents, log: Log, clock: any WallClock = SystemClock(),
        entropy: Entropy = .system
    ) async throws {
        let settings = AccessTokens.Settings(
            issuer: config.tokens.issuer, audience: config.tokens.audience,
            lifetime: config.tokens.accessLifetime)
        let ended = EndedLogins(tokenLifetime: config.tokens.accessLifetime)
        let key = try await store.secret("refresh", candidate: entropy.bytes(32))
        let codes = try await store.secret("codes", candidate: entropy.bytes(32))
        guard let keys = keys ?? KeyRing(secret: config.tokens.secret),
            let refreshKey = HMACKey(key), let codeKey = HMACKey(codes)
        else {
            throw ConfigError(faults: [ConfigFault(name: "OTPLESS_JWT_SECRET", problem: "is empty")]
            )
        }
        access = AccessTokens(keys: keys, settings: settings)
        let now = clock.now
        let since = now - config.tokens.accessLifetime - Self.clockTolerance
        ended.add(try await store.families(endedSince: since).map(\.id), at: now)
        self.config = config
        self.store = store
        self.events = events
        self.log = log
        self.clock = clock
        rejections = Rejections(store: store, clock: clock)
        let cache = UserCache(lifetime: events.node == nil ? nil : Self.foreignMemory)
        users = Users(store: store, cache: cache, events: events, log: log)
        tokens = Tokens(
            Tokens.Dependencies(
                access: access, store: store, ended: ended, events: events,
                refreshKey: refreshKey, refreshLifetime: config.tokens.refreshLifetime,
                clock: clock, entropy: entropy,
                log: log, metrics: metrics))
        logins = Logins(
            store: store, tokens: tokens, messenger: messenger, events: events,
            settings: Logins.Settings(config), codeKey: codeKey, clock: clock, entropy: entropy,
            log: log, metrics: metrics)
    }
}
