import OTPless
import Testing

struct ConfigValueTests {
    @Test(arguments: [
        "https://graph.facebook.com", "https://gateway.internal:8443/v1", "http://127.0.0.1",
        "http://127.0.0.1:9000", "http://localhost:9000/", "http://[::1]:9000",
    ])
    func `a provider is reached by https, or by http on loopback`(_ url: String) {
        #expect(ConfigTests.faults(adding: ["OTPLESS_WHATSAPP_BASE_URL": url]).isEmpty)
    }

    @Test(arguments: [
        "http://example.com", "http://10.0.0.1:9000", "http://127.0.0.1.evil.com",
        "http://localhost.evil.com", "http://localhost@evil.com", "http://127.0.0.1:80@evil.com",
        "http://localhost:1#@evil.com/", "http://localhost:1?@evil.com/",
        "http://127.0.0.1\\@evil.com",
        "http://evil.com#127.0.0.1", "HTTP://example.com", "ftp://localhost", "file:///etc/passwd",
        "localhost:9000", "//localhost", "http://", "https://", "https:///x", "https://a b",
        "https://user:secret@graph.facebook.com", "http://[::1]evil.com", "http://0.0.0.0:1",
    ])
    func `a provider's URL that could leak the token is refused`(_ url: String) {
        #expect(
            ConfigTests.faults(adding: ["OTPLESS_WHATSAPP_BASE_URL": url])
                == ["OTPLESS_WHATSAPP_BASE_URL"])
    }

    @Test(arguments: [
        ("OTPLESS_LISTEN", "nonsense"), ("OTPLESS_LISTEN", ","), ("OTPLESS_LISTEN", "127.0.0.1"),
        ("OTPLESS_LISTEN", "127.0.0.1:65536"), ("OTPLESS_LISTEN", "127.0.0.1:80,x"),
        ("OTPLESS_WORKERS", "257"), ("OTPLESS_WORKERS", "-1"), ("OTPLESS_WORKERS", "two"),
        ("OTPLESS_DATABASE", "otpless.db"), ("OTPLESS_DATABASE", "sqlite:"),
        ("OTPLESS_DATABASE", "mysql:x"), ("OTPLESS_LOG_LEVEL", "INFO"),
        ("OTPLESS_ALLOWED_ORIGINS", "https://a.example/path"),
        ("OTPLESS_ALLOWED_ORIGINS", "https://a.example,b.example"),
        ("OTPLESS_ALLOWED_ORIGINS", "null"), ("OTPLESS_PUBLIC_URL", "login.example.com"),
        ("OTPLESS_PUBLIC_URL", "https://a@b"), ("OTPLESS_PUBLIC_URL", "https://"),
        ("OTPLESS_ACCESS_TOKEN_TTL", "25h"), ("OTPLESS_REFRESH_TOKEN_TTL", "59s"),
        ("OTPLESS_TYPED_WORDS", "yes"), ("OTPLESS_DELIVERY_EVENTS", "ON"),
        ("OTPLESS_REQUIRE_CODE_CHALLENGE", "true"),
        ("OTPLESS_DENY_BLOCK", "0s"), ("OTPLESS_DENY_BLOCK", "25h"), ("OTPLESS_DENY_BLOCK", "none"),
        ("OTPLESS_LIMIT_PHONE", "3"), ("OTPLESS_LIMIT_IP", "0/1h"), ("OTPLESS_LIMIT_CODES", "on"),
        ("OTPLESS_COUNTRIES", "49"), ("OTPLESS_COUNTRIES", "none"),
        ("OTPLESS_WHATSAPP_TEMPLATE", "off"), ("OTPLESS_WHATSAPP_TEMPLATE", "login:"),
        ("OTPLESS_WHATSAPP_ACCESS_TOKEN", "a\r\nX-Evil: 1"), ("OTPLESS_WHATSAPP_ACCESS_TOKEN", "é"),
    ])
    func `a wrong value is a fault of its name`(_ name: String, _ value: String) {
        #expect(ConfigTests.faults(adding: [name: value]) == [name])
    }

    @Test(arguments: [
        ("OTPLESS_ALLOWED_ORIGINS", ","), ("OTPLESS_WHATSAPP_API_VERSION", "v"),
        ("OTPLESS_WHATSAPP_API_VERSION", "v.."),
        ("OTPLESS_WHATSAPP_PHONE_NUMBER_ID", "1\u{FE0F}\u{20E3}"),
        ("OTPLESS_WHATSAPP_BASE_URL", "https://graph.facebook.com/?x="),
        ("OTPLESS_PUBLIC_URL", "https://login.example.com/?x=1"),
        ("OTPLESS_PUBLIC_URL", "https://:8443"),
    ])
    func `a value that cannot work is a fault too`(_ name: String, _ value: String) {
        #expect(ConfigTests.faults(adding: [name: value]) == [name])
    }

    @Test func `a default port is no part of an origin`() throws {
        var environment = ConfigTests.minimal
        environment["OTPLESS_ALLOWED_ORIGINS"] =
            "https://login.example.com:443,http://a.example:80/,http://a.example:443"
        let config = try Config(environment: environment)
        // RFC 6454 §6.2: a browser sends the origin without it, so it would never match.
        #expect(
            config.allowedOrigins == [
                "https://login.example.com", "http://a.example", "http://a.example:443",
            ])
    }

    @Test func `settings are read into their places`() throws {
        let base = [
            "OTPLESS_PUBLIC_URL": "https://Login.Example.com:8443/otp//",
            "OTPLESS_JWT_SECRET": String(repeating: "é", count: 16),
            "OTPLESS_WHATSAPP_PHONE_NUMBER_ID": "1",
            "OTPLESS_WHATSAPP_PHONE_NUMBER": "+15550783881",
            "OTPLESS_WHATSAPP_ACCESS_TOKEN": "EAA", "OTPLESS_WHATSAPP_APP_SECRET": "s",
            "OTPLESS_WHATSAPP_VERIFY_TOKEN": "v", "OTPLESS_LISTEN": "0.0.0.0:80, [::1]:81",
            "OTPLESS_APP_NAME": "Shop", "OTPLESS_DATABASE": "sqlite::memory:",
            "OTPLESS_ALLOWED_ORIGINS": "https://a.example, http://localhost:3000",
            "OTPLESS_JWT_ISSUER": "me", "OTPLESS_JWT_AUDIENCE": "you",
            "OTPLESS_ACCESS_TOKEN_TTL": "1h", "OTPLESS_REFRESH_TOKEN_TTL": "90d",
            "OTPLESS_WHATSAPP_BASE_URL": "http://localhost:1/",
            "OTPLESS_TYPED_WORDS": "off", "OTPLESS_DELIVERY_EVENTS": "off",
            "OTPLESS_REQUIRE_CODE_CHALLENGE": "on",
            "OTPLESS_DENY_BLOCK": "1h", "OTPLESS_WHATSAPP_TEMPLATE": "login_2:pt_BR, en",
        ]
        let config = try Config(environment: base)
        #expect(!config.typedWords && !config.deliveryEvents)
        #expect(config.denyBlock == .seconds(3600) && config.requireCodeChallenge)
        #expect(config.whatsApp.template?.name == "login_2")
        #expect(config.whatsApp.template?.languages == ["pt_BR", "en"])
        #expect(config.publicURL == "https://login.example.com:8443/otp")
        #expect(config.listen == ["0.0.0.0:80", "[::1]:81"])
        #expect(config.appName == "Shop")
        #expect("\(config.database)" == ":memory:")
        #expect(config.allowedOrigins == ["https://a.example", "http://localhost:3000"])
        #expect(config.tokens.issuer == "me")
        #expect(config.tokens.audience == "you")
        #expect(config.tokens.accessLifetime == .seconds(3600))
        #expect(config.tokens.refreshLifetime == .seconds(90 * 86_400))
        #expect(config.whatsApp.baseURL == "http://localhost:1")
        #expect(config.tokens.secret.bytes.count == 32)
    }

    @Test func `a deny block can be switched off`() throws {
        var environment = ConfigTests.minimal
        environment["OTPLESS_DENY_BLOCK"] = "off"
        #expect(try Config(environment: environment).denyBlock == nil)
    }

    @Test func `the warning about templates goes when there is one`() throws {
        var environment = ConfigTests.minimal
        let without = try Config(environment: environment).warnings
        environment["OTPLESS_WHATSAPP_TEMPLATE"] = "login:en"
        let with = try Config(environment: environment).warnings
        #expect(without.count == with.count + 1)
        #expect(without.contains { $0.hasPrefix("OTPLESS_WHATSAPP_TEMPLATE ") })
    }

    @Test(arguments: [
        ("prompt,link", ["OTPLESS_LIMIT_PHONE", "OTPLESS_LIMIT_IP", "OTPLESS_LIMIT_CODES"]),
        ("prompt", ["OTPLESS_LIMIT_PHONE", "OTPLESS_LIMIT_IP"]), ("link", ["OTPLESS_LIMIT_CODES"]),
    ])
    func `a limit that is off is warned of, where it would hold`(
        _ methods: String, _ names: [String]
    ) throws {
        var environment = ConfigTests.minimal
        func warned() throws -> [String] {
            try Config(environment: environment).warnings.filter { $0.contains("LIMIT") }
        }
        environment["OTPLESS_METHODS"] = methods
        #expect(try warned().isEmpty)
        for limit in ["PHONE", "IP", "CODES"] { environment["OTPLESS_LIMIT_" + limit] = "off" }
        #expect(try warned().count == names.count)
        for (warning, name) in zip(try warned(), names) {
            #expect(warning.hasPrefix("\(name) is off: "))
        }
    }

    @Test(arguments: [
        ("http://login.example.com", true), ("https://login.example.com", false),
        ("http://127.0.0.1:8080", false), ("http://localhost", false),
    ])
    func `a public URL that is not safe is warned of`(_ url: String, _ isWarned: Bool) throws {
        var environment = ConfigTests.minimal
        environment["OTPLESS_PUBLIC_URL"] = url
        let warnings = try Config(environment: environment).warnings
        #expect(warnings.contains { $0.hasPrefix("OTPLESS_PUBLIC_URL ") } == isWarned)
    }

    @Test(arguments: [
        (["OTPLESS_PUBLIC_URL": "https://login.example.com"], true),
        (["OTPLESS_PUBLIC_URL": "http://127.0.0.1:8080"], false),
        (["OTPLESS_METRICS_TOKEN": "prometheus"], false),
        (["OTPLESS_TLS_CERTIFICATE": "/c.pem", "OTPLESS_TLS_KEY": "/k.pem"], false),
    ])
    func `metrics that a proxy may show to strangers are warned of`(
        _ settings: [String: String], _ isWarned: Bool
    ) throws {
        let environment = ConfigTests.minimal.merging(settings) { $1 }
        let warnings = try Config(environment: environment).warnings
        #expect(warnings.contains { $0.hasPrefix("OTPLESS_METRICS_TOKEN ") } == isWarned)
    }

    @Test(arguments: ["\n", "a\nb", "a\tb", "a\r", "\u{1B}[2J", "a\u{85}"])
    func `control characters are a fault, but in a secret`(_ text: String) throws {
        let refused = ["OTPLESS_APP_NAME", "OTPLESS_JWT_ISSUER"]
        for name in refused {
            let fault = ConfigTests.error(adding: [name: text])?.faults.first
            #expect(fault?.description == "\(name): must not have control characters")
        }
        #expect(ConfigTests.faults(adding: ["OTPLESS_DATABASE": "sqlite:" + text]).count == 1)
        #expect(ConfigTests.faults(adding: ["OTPLESS_WHATSAPP_APP_SECRET": text]).isEmpty)
    }

    @Test(arguments: [
        "   ", "a    b", String(repeating: "a", count: 61),
        "\u{1F600}" + String(repeating: "a", count: 59),
    ])
    func `an application name that no message could hold is a fault`(_ name: String) {
        #expect(ConfigTests.faults(adding: ["OTPLESS_APP_NAME": name]) == ["OTPLESS_APP_NAME"])
    }

    @Test func `an application name may have 60 characters`() {
        let name = String(repeating: "a", count: 60)
        #expect(ConfigTests.faults(adding: ["OTPLESS_APP_NAME": name]).isEmpty)
    }
}
