import OTPless
import Testing

struct ConfigTests {
    static let minimal = [
        "OTPLESS_PUBLIC_URL": "https://login.example.com/",
        "OTPLESS_JWT_SECRET": "jwt-secret-jwt-secret-jwt-secret",
        "OTPLESS_WHATSAPP_PHONE_NUMBER_ID": "106540352242922",
        "OTPLESS_WHATSAPP_PHONE_NUMBER": "+15550783881",
        "OTPLESS_WHATSAPP_ACCESS_TOKEN": "EAAtoken",
        "OTPLESS_WHATSAPP_APP_SECRET": "app-secret",
        "OTPLESS_WHATSAPP_VERIFY_TOKEN": "verify-me",
    ]

    @Test func `what is required is enough, the rest has the contract's defaults`() throws {
        let config = try Config(environment: Self.minimal)
        #expect(config.listen == ["127.0.0.1:8080"])
        #expect(config.publicURL == "https://login.example.com")
        #expect(config.appName == "login.example.com")
        #expect("\(config.database)" == "otpless.db")
        #expect(config.allowedOrigins == ["https://login.example.com"])
        #expect(config.workers == nil)
        #expect(config.logLevel == .info)
        #expect(config.tokens.issuer == config.publicURL)
        #expect(config.tokens.audience == config.publicURL)
        #expect(config.tokens.accessLifetime == .seconds(900))
        #expect(config.tokens.refreshLifetime == .seconds(30 * 86_400))
        #expect(config.loginLifetime == .seconds(300))
        #expect(config.typedWords && config.deliveryEvents)
        #expect(config.denyBlock == .seconds(600))
        #expect(config.whatsApp.template == nil)
        #expect(config.whatsApp.baseURL == "https://graph.facebook.com")
        #expect(config.whatsApp.apiVersion == "v26.0")
    }

    @Test func `everything that is missing is told at once`() {
        #expect(Self.faults([:]).sorted() == Self.minimal.keys.sorted())
        #expect(Self.faults(Self.minimal.mapValues { _ in "" }).count == 7)
    }

    @Test func `every fault is told at once`() {
        let wrong = [
            "OTPLESS_PUBLIC_URL": "ftp://x", "OTPLESS_DATABASE": "mysql://h/db",
            "OTPLESS_ALLOWED_ORIGINS": "*", "OTPLESS_WORKERS": "0", "OTPLESS_LOG_LEVEL": "loud",
            "OTPLESS_JWT_ALGORITHM": "none", "OTPLESS_JWT_SECRET": "short",
            "OTPLESS_ACCESS_TOKEN_TTL": "15", "OTPLESS_REFRESH_TOKEN_TTL": "91d",
            "OTPLESS_LOGIN_TTL": "11m", "OTPLESS_WHATSAPP_BASE_URL": "http://example.com",
            "OTPLESS_WHATSAPP_API_VERSION": "26", "OTPLESS_WHATSAPP_PHONE_NUMBER_ID": "12a",
            "OTPLESS_WHATSAPP_PHONE_NUMBER": "15550783881", "OTPLESS_WHATSAPP_ACCESS_TOKEN": "a b",
            "OTPLESS_METHODS": "sms", "OTPLESS_COUNTRIES": "49", "OTPLESS_WHAT": "x",
            "OTPLESS_WHATSAPP_APP_SECRET": "app", "OTPLESS_WHATSAPP_VERIFY_TOKEN": "v",
        ]
        let expected = wrong.keys.filter {
            !$0.hasSuffix("APP_SECRET") && !$0.hasSuffix("VERIFY_TOKEN")
        }
        #expect(Self.faults(wrong).sorted() == expected.sorted())
    }

    @Test func `an unknown name is a fault, except what platforms and tests set`() {
        #expect(Self.faults(adding: ["OTPLESS_LISTNE": "x"]) == ["OTPLESS_LISTNE"])
        #expect(Self.faults(adding: ["OTPLESS_": "x"]) == ["OTPLESS_"])
        let platform = [
            "OTPLESS_TEST_POSTGRES": "x", "OTPLESS_SERVICE_HOST": "10.0.0.1",
            "OTPLESS_PORT": "tcp://x",
            "OTPLESS_PORT_8080_TCP_ADDR": "10.0.0.1", "PATH": "/bin", "otpless_x": "y",
            "OTPLESSX": "z",
        ]
        #expect(Self.faults(adding: platform).isEmpty)
        #expect(Self.faults(adding: ["OTPLESS_LISTNE": ""]) == ["OTPLESS_LISTNE"])
    }

    @Test(arguments: [
        ("OTPLESS_WHATSAPP_PROVIDER", "twilio", "cloud")
    ])
    func `a setting without effect is a fault unless it asks for what happens anyway`(
        _ name: String, _ value: String, _ inert: String
    ) throws {
        let error = try #require(Self.error(adding: [name: value]))
        #expect(error.faults.map(\.name) == [name])
        #expect(error.faults[0].problem.hasPrefix("is not available yet"))
        if !inert.isEmpty { #expect(Self.faults(adding: [name: inert]).isEmpty) }
    }

    @Test func `the text of a fault never holds a secret`() throws {
        let secrets = [
            "OTPLESS_JWT_SECRET": "hunter2", "OTPLESS_WHATSAPP_ACCESS_TOKEN": "hunter2 hunter2",
            "OTPLESS_METRICS_TOKEN": "hunter2 hunter2", "OTPLESS_JWT_SECERT": "hunter2",
            "OTPLESS_DATABASE": "postgres://u:hunter2@h/db?hunter2=1",
            "OTPLESS_WHATSAPP_BASE_URL": "https://u:hunter2@h",
        ]
        let error = try #require(Self.error(adding: secrets))
        #expect(error.faults.count == secrets.count)
        for fault in error.faults { #expect(!fault.description.contains("hunter2")) }
        #expect(!"\(error)".contains("hunter2"))
        let config = try Config(environment: Self.minimal)
        #expect(!"\(config)".contains("jwt-secret"))
        #expect(!String(reflecting: config).contains("app-secret"))
    }

    @Test(arguments: [
        ("1s", 1), ("300s", 300), ("10m", 600), ("5m", 300), ("600s", 600), ("007s", 7),
    ])
    func `durations are read`(_ text: String, _ seconds: Int64) throws {
        let environment = Self.minimal.merging(["OTPLESS_LOGIN_TTL": text]) { $1 }
        #expect(try Config(environment: environment).loginLifetime == .seconds(seconds))
    }

    @Test(arguments: [
        "0s", "601s", "11m", "1h", "1d", "5", "s", "m5", "5 m", " 5m", "5m ", "-5s", "+5s", "5.5m",
        "5M", "5ms", "1e2s", "٥s", "5\u{301}s", "99999999999999999999s", "9223372036854775807d",
    ])
    func `anything else is no duration of a login`(_ text: String) {
        #expect(Self.faults(adding: ["OTPLESS_LOGIN_TTL": text]) == ["OTPLESS_LOGIN_TTL"])
    }

    @Test func `the bench environment is accepted`() throws {
        let config = try Config(environment: [
            "OTPLESS_LISTEN": "127.0.0.1:18080", "OTPLESS_PUBLIC_URL": "http://127.0.0.1:18080",
            "OTPLESS_DATABASE": "sqlite:/tmp/x/otpless.db",
            "OTPLESS_JWT_SECRET": "jwt-secret-jwt-secret-jwt-secret-32", "OTPLESS_WORKERS": "2",
            "OTPLESS_WHATSAPP_BASE_URL": "http://127.0.0.1:18081",
            "OTPLESS_WHATSAPP_API_VERSION": "v26.0",
            "OTPLESS_WHATSAPP_PHONE_NUMBER_ID": "106540352242922",
            "OTPLESS_WHATSAPP_PHONE_NUMBER": "+15550783881",
            "OTPLESS_WHATSAPP_ACCESS_TOKEN": "EAAtest", "OTPLESS_WHATSAPP_APP_SECRET": "app-secret",
            "OTPLESS_WHATSAPP_VERIFY_TOKEN": "verify", "OTPLESS_LIMIT_PHONE": "off",
            "OTPLESS_LIMIT_IP": "off", "OTPLESS_LOG_LEVEL": "warning",
        ])
        #expect(config.workers == 2)
        #expect(config.logLevel == .warning)
        #expect("\(config.database)" == "/tmp/x/otpless.db")
    }

    static func error(adding more: [String: String]) -> ConfigError? {
        do throws(ConfigError) {
            _ = try Config(environment: minimal.merging(more) { $1 })
            return nil
        } catch {
            return error
        }
    }

    static func faults(adding more: [String: String]) -> [String] {
        error(adding: more)?.faults.map(\.name) ?? []
    }

    private static func faults(_ environment: [String: String]) -> [String] {
        do throws(ConfigError) {
            _ = try Config(environment: environment)
            return []
        } catch {
            return error.faults.map(\.name)
        }
    }
}
