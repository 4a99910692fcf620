/// All settings, in the order in which they are read, printed and documented. What is derived from
/// another setting stands behind it.
extension Setting {
    static let all = server + tokens + logins + whatsApp + limits + process

    private static let server: [Setting] = [
        .optional(
            "OTPLESS_LISTEN", \.listen, .addresses,
            "where the server listens: `host:port`, several with commas"),
        .required(
            "OTPLESS_PUBLIC_URL", \.publicURL, .publicURL,
            "what browsers and WhatsApp call, such as `https://login.example.com`"),
        .derived(
            "OTPLESS_APP_NAME", \.appName, .appName, from: "the public URL's host",
            "shown in the message and on the page, at most 60 characters"
        ) { WebURL($0.publicURL)?.authority ?? "" },
        .optional(
            "OTPLESS_APP_LOGO", \.appLogo, .perhaps(.path),
            "shown on the page: a file of an SVG, PNG, JPEG or WebP image, at most 256 KiB"),
        .optional(
            "OTPLESS_DATABASE", \.database, .database,
            "where everything is kept: `sqlite:PATH`, or `postgres://USER@HOST/DATABASE` for several "
                + "nodes, with libpq's parameters such as `?sslmode=verify-full`"),
        .optional(
            "OTPLESS_DATABASE_CONNECTIONS", \.databaseConnections, .number(1...1000),
            "how many connections this node opens to PostgreSQL at most, shared among its event loops; one "
                + "more listens"),
        .optional(
            "OTPLESS_TLS_CERTIFICATE", \.tls.certificate, .perhaps(.path),
            "the server's certificate and those that lead to its root, a PEM file; with it, the "
                + "server speaks TLS on all its addresses. Read again at SIGHUP"),
        .optional(
            "OTPLESS_TLS_KEY", \.tls.key, .perhaps(.path),
            "the certificate's key, a PEM file that is not encrypted. Read again at SIGHUP"),
        .optional(
            "OTPLESS_TRUSTED_PROXIES", \.trustedProxies, .networks,
            "reverse proxies whose `X-Forwarded-For` says who asks: addresses and CIDRs, with commas"
        ),
        .derived(
            "OTPLESS_ALLOWED_ORIGINS", \.allowedOrigins, .origins, from: "the public URL's origin",
            "origins whose pages may use the API and its WebSocket, with commas; replaces the default"
        ) { WebURL($0.publicURL).map { [$0.origin] } ?? [] },
    ]

    private static let tokens: [Setting] = [
        .optional(
            "OTPLESS_JWT_ALGORITHM", \.tokens.algorithm, .algorithm,
            "how access tokens are signed: `HS256` `ES256` `EdDSA`"),
        .derived(
            "OTPLESS_JWT_SECRET", \.tokens.secret,
            .secret("must be at least 32 bytes long") { $0.bytes.count >= 32 },
            from: "**required** for HS256",
            "what access tokens are signed with: at least 32 bytes, such as the output of "
                + "`otpless-server gen-secret`"
        ) { _ in Secret("") },
        .derived(
            "OTPLESS_JWT_KEYS", \.tokens.keyFolder, .perhaps(.path),
            from: "**required** for the others",
            "a folder of private keys in PEM: a file's name without `.pem` is the `kid`, the last by name "
                + "signs. Read again at SIGHUP"
        ) { _ in nil },
        .derived(
            "OTPLESS_JWT_ISSUER", \.tokens.issuer, .atMost(bytes: 256), from: "the public URL",
            "`iss` of access tokens"
        ) { $0.publicURL },
        .derived(
            "OTPLESS_JWT_AUDIENCE", \.tokens.audience, .atMost(bytes: 256), from: "the public URL",
            "`aud` of access tokens"
        ) { $0.publicURL },
        .optional(
            "OTPLESS_ACCESS_TOKEN_TTL", \.tokens.accessLifetime,
            .duration(.seconds(1)...(.seconds(86_400))),
            "how long an access token is valid, 1 s to 1 day"),
        .optional(
            "OTPLESS_REFRESH_TOKEN_TTL", \.tokens.refreshLifetime,
            .duration(.seconds(60)...RefreshFamily.lifetime),
            "unused for that long, a device is signed out; 1 min to 90 days"),
    ]

    private static let logins: [Setting] = [
        .optional(
            "OTPLESS_LOGIN_TTL", \.loginLifetime, .duration(.seconds(1)...(.seconds(600))),
            "how long a login can be confirmed, 1 s to 10 min"),
        .optional(
            "OTPLESS_METHODS", \.methods, .methods,
            "how a login can be started: `prompt` (the server asks the phone), `link` (the person sends "
                + "the page's code), with a comma"),
        .optional(
            "OTPLESS_CONFIRMATION", \.confirmation, .confirmation,
            "what confirms a login: `tap` (the button, a word, or the code), `match` (the number that "
                + "the page shows, typed on the phone)"),
        .optional(
            "OTPLESS_TYPED_WORDS", \.typedWords, .onOff,
            "whether words such as `yes` and `no` count as answers, beside the buttons"),
        .optional(
            "OTPLESS_REQUIRE_CODE_CHALLENGE", \.requireCodeChallenge, .onOff,
            "whether every login needs a `codeChallenge`, so that a session id alone opens nothing"),
        .optional(
            "OTPLESS_REFRESH_COOKIE", \.refreshCookie, .onOff,
            "whether pages get the refresh token as a cookie that no script can read; pages and API "
                + "must be of one site"),
        .optional(
            "OTPLESS_DELIVERY_EVENTS", \.deliveryEvents, .onOff,
            "whether pages see how far the message got and that it failed; `off`: only `queued`"),
    ]

    private static let whatsApp: [Setting] = [
        .notYet("OTPLESS_WHATSAPP_PROVIDER", except: "cloud", "who sends the messages"),
        .optional(
            "OTPLESS_WHATSAPP_BASE_URL", \.whatsApp.baseURL, .safeURL,
            "where the provider's API is; http only on loopback"),
        .optional(
            "OTPLESS_WHATSAPP_API_VERSION", \.whatsApp.apiVersion, .apiVersion,
            "of Meta's Graph API"),
        .required(
            "OTPLESS_WHATSAPP_PHONE_NUMBER_ID", \.whatsApp.phoneNumberID, .digits,
            "the sending number's id, from the app's WhatsApp settings"),
        .required(
            "OTPLESS_WHATSAPP_PHONE_NUMBER", \.whatsApp.phoneNumber, .phoneNumber,
            "the sending number, such as `+15550783881`, which links name"),
        .required(
            "OTPLESS_WHATSAPP_ACCESS_TOKEN", \.whatsApp.accessToken, .headerSecret,
            "the system user's token"),
        .required(
            "OTPLESS_WHATSAPP_APP_SECRET", \.whatsApp.appSecret, .secret("must not be empty"),
            "the app secret, which Meta signs webhooks with"),
        .required(
            "OTPLESS_WHATSAPP_VERIFY_TOKEN", \.whatsApp.verifyToken, .secret("must not be empty"),
            "any text; you enter the same at Meta as the webhook's verify token"),
        .optional(
            "OTPLESS_WHATSAPP_TEMPLATE", \.whatsApp.template, .perhaps(.template),
            "the template for people who did not write to the number within the last 24 hours, "
                + "with its languages: `name:en,es,pt_BR`, the first is the fallback"),
        .optional(
            "OTPLESS_WHATSAPP_MATCH_TEMPLATE", \.whatsApp.matchTemplate, .perhaps(.template),
            "the same for `OTPLESS_CONFIRMATION=match`: its only button denies"),
    ]

    private static let limits: [Setting] = [
        .optional(
            "OTPLESS_LIMIT_PHONE", \.limits.phone, .unless("off", .rates),
            "how many prompts a phone gets, or `off`; counted where a message was or may have been sent"
        ),
        .optional(
            "OTPLESS_LIMIT_IP", \.limits.network, .unless("off", .rates),
            "how many prompts one IPv4 address or one /64 of IPv6 may ask for, or `off`; refused ones "
                + "are not counted"),
        .optional(
            "OTPLESS_LIMIT_CODES", \.limits.codes, .unless("off", .rates),
            "how many wrong link codes a phone may send before its codes are ignored, or `off`"),
        .optional(
            "OTPLESS_DENY_BLOCK", \.denyBlock,
            .unless("off", .duration(.seconds(1)...(.seconds(86_400)))),
            "how long a deny keeps further prompts from the number, 1 s to 1 day, or `off`"),
        .optional(
            "OTPLESS_COUNTRIES", \.countries, .unless("all", .countries),
            "whose numbers may sign in: `+49,+41` these calling codes alone, `-+979` all but some"),
    ]

    private static let process: [Setting] = [
        .optional(
            "OTPLESS_METRICS_TOKEN", \.metricsToken, .perhaps(.headerSecret),
            "what `GET /metrics` asks for, as a Bearer token; without one it answers this machine "
                + "alone"),
        .derived(
            "OTPLESS_WORKERS", \.workers, .perhaps(.number(1...256)), from: "one for each core",
            "event loops, 1 to 256"
        ) { _ in nil },
        .derived(
            "OTPLESS_CONNECTIONS", \.connections, .perhaps(.number(16...1_000_000)),
            from: "what the descriptor limit bears",
            "connections at once, of all loops together: idle ones give way to new ones then, and if there "
                + "are none, new ones are told 503"
        ) { _ in nil },
        .optional(
            "OTPLESS_CONNECTIONS_PER_IP", \.connectionsPerIP,
            .unless("off", .number(1...1_000_000)),
            "how many of them may come from one IPv4 address or one /64 of IPv6, or `off`; not counted "
                + "are loopback and private addresses, where a reverse proxy may be"),
        .optional(
            "OTPLESS_AUDIT_RETENTION", \.auditRetention,
            .duration(.seconds(86_400)...(.seconds(3650 * 86_400))),
            "for how long audit records are kept, 1 day to 10 years"),
        .optional(
            "OTPLESS_LOG_LEVEL", \.logLevel, .level,
            "the least that is logged: `debug` `info` `warning` `error`"),
    ]
}
