public import Loop

/// All that an operator sets; read once at start, then only passed on.
public struct Config: Sendable {
    /// Where the server listens, `host:port` each.
    public var listen = ["127.0.0.1:8080"]

    /// What browsers and providers call, without a trailing slash.
    public var publicURL = ""

    /// Shown in messages and on the page.
    public var appName = ""

    /// The path of an image that is shown on the page.
    public var appLogo: String?

    /// Where everything is kept.
    public var database = DatabaseLocation.sqlite(path: "otpless.db")

    /// How many connections a server opens to PostgreSQL at most, all loops together.
    public var databaseConnections = 20

    /// What the server speaks TLS with; without it, plain HTTP.
    public var tls = TLS()

    /// Proxies that are believed when they say whom they ask for.
    public var trustedProxies: [IPNetwork] = []

    /// Origins whose pages may use the API and its WebSockets.
    public var allowedOrigins: [String] = []

    /// What `/metrics` asks for; nil: who asks must be on this machine.
    public var metricsToken: Secret?

    /// How many event loops to run; nil: one for each core.
    public var workers: Int?

    /// How many connections there may be at once; nil: as many as the descriptor limit bears.
    public var connections: Int?

    /// How many of them may come from one address of the internet; nil: any number.
    public var connectionsPerIP: Int? = 1000

    /// The least level that is logged.
    public var logLevel = Log.Level.info

    /// For how long audit records are kept.
    public var auditRetention = Duration.seconds(90 * 86_400)

    /// How tokens are made.
    public var tokens = Tokens()

    /// How long a login can be confirmed.
    public var loginLifetime = Duration.seconds(300)

    /// How a login can be started.
    public var methods: Set<Login.Method> = [.prompt, .link]

    /// What confirms a login.
    public var confirmation = Confirmation.tap

    /// How often what may happen.
    public var limits = Limits()

    /// Whose numbers may sign in; nil: all.
    public var countries: CountryList?

    /// Whether words such as `yes` count as answers, beside the buttons.
    public var typedWords = true

    /// Whether a login is bound to its page in any case.
    public var requireCodeChallenge = false

    /// Whether pages get their refresh token as a cookie, which no script can read.
    public var refreshCookie = false

    /// How long a deny keeps further prompts from the number; nil: not at all.
    public var denyBlock: Duration? = .seconds(600)

    /// Whether pages see how far the message got; if not, only that it was queued.
    public var deliveryEvents = true

    /// The WhatsApp Cloud API.
    public var whatsApp = WhatsApp()

    /// How tokens are made.
    public struct Tokens: Sendable {
        /// How access tokens are signed.
        public var algorithm = SigningAlgorithm.hs256

        /// The HS256 key, at least 32 bytes; empty for the other algorithms.
        public var secret = Secret("")

        /// The folder of keys of the other algorithms.
        public var keyFolder: String?

        /// `iss`.
        public var issuer = ""

        /// `aud`.
        public var audience = ""

        /// How long an access token is valid.
        public var accessLifetime = Duration.seconds(900)

        /// How long an unused refresh token is valid.
        public var refreshLifetime = Duration.seconds(30 * 86_400)
    }

    /// How messages are sent and webhooks are checked.
    public struct WhatsApp: Sendable {
        /// Where the API is.
        public var baseURL = "https://graph.facebook.com"

        /// The Graph API version.
        public var apiVersion = "v26.0"

        /// The provider's id of the sending number.
        public var phoneNumberID = ""

        /// The sending number.
        public var phoneNumber = ""

        /// What opens a chat with a number, which follows it; no setting: the demo's is its own phone.
        public var chatURL = "https://wa.me"

        /// The system user's token.
        public var accessToken = Secret("")

        /// What webhooks are signed with.
        public var appSecret = Secret("")

        /// What Meta's verification request must carry.
        public var verifyToken = Secret("")

        /// What is sent to people who did not write within the last 24 hours; nil: nothing is.
        public var template: MessageTemplate?

        /// The same, where a number confirms.
        public var matchTemplate: MessageTemplate?
    }

    /// How often what may happen; nil: any number of times.
    public struct Limits: Sendable {
        /// Prompts to a phone.
        public var phone: RateLimit? = RateLimit([
            RateLimit.Rate(1, per: .seconds(60)), RateLimit.Rate(3, per: .seconds(3600)),
            RateLimit.Rate(10, per: .seconds(86_400)),
        ])

        /// Prompts that a network asks for.
        public var network: RateLimit? = RateLimit([RateLimit.Rate(60, per: .seconds(600))])

        /// Wrong link codes of a sender.
        public var codes: RateLimit? = RateLimit([RateLimit.Rate(10, per: .seconds(3600))])
    }

    /// A configuration of defaults only, which lacks what is required.
    public init() {}
}
