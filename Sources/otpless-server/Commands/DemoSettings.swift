import OTPless
import WhatsAppSimulator

/// The configuration of `otpless-server demo`: the settings it was given, over defaults of its own.
struct DemoSettings {
    private let options: DemoOptions
    private let defaults: [String: String]

    /// What the demo lives on: the ports and the folder are options, the rest is the simulated WhatsApp's.
    private static let fixed: Set<String> = [
        "OTPLESS_LISTEN", "OTPLESS_PUBLIC_URL", "OTPLESS_DATABASE", "OTPLESS_TLS_CERTIFICATE",
        "OTPLESS_TLS_KEY", "OTPLESS_WHATSAPP_PROVIDER", "OTPLESS_WHATSAPP_BASE_URL",
        "OTPLESS_WHATSAPP_PHONE_NUMBER_ID", "OTPLESS_WHATSAPP_PHONE_NUMBER",
        "OTPLESS_WHATSAPP_ACCESS_TOKEN", "OTPLESS_WHATSAPP_APP_SECRET",
        "OTPLESS_WHATSAPP_VERIFY_TOKEN",
    ]

    init(_ options: DemoOptions, databasePath: String) {
        func secret() -> String { Base64URL.encode(Entropy.system.bytes(32)) }
        self.options = options
        var defaults = [
            "OTPLESS_LISTEN": "127.0.0.1:\(options.port)",
            "OTPLESS_PUBLIC_URL": options.loginURL,
            "OTPLESS_APP_NAME": "OTPless Demo",
            "OTPLESS_DATABASE": "sqlite:\(databasePath)",
            "OTPLESS_LOG_LEVEL": "warning",
            // Who tries it out does so with one number, on this machine alone; nobody pays for messages.
            "OTPLESS_LIMIT_PHONE": "off", "OTPLESS_LIMIT_IP": "off",
            "OTPLESS_WHATSAPP_BASE_URL": options.phoneURL,
            "OTPLESS_WHATSAPP_PHONE_NUMBER_ID": "106540352242922",
            "OTPLESS_WHATSAPP_PHONE_NUMBER": "+15550783881",
            "OTPLESS_WHATSAPP_ACCESS_TOKEN": secret(), "OTPLESS_WHATSAPP_APP_SECRET": secret(),
            "OTPLESS_WHATSAPP_VERIFY_TOKEN": secret(),
        ]
        // The other algorithms refuse a secret, which would be without effect.
        if ["HS256", ""].contains(options.settings["OTPLESS_JWT_ALGORITHM"] ?? "") {
            defaults["OTPLESS_JWT_SECRET"] = secret()
        }
        // To a browser localhost is another site, whose pages would get no cookie.
        if options.settings["OTPLESS_REFRESH_COOKIE"] != "on" {
            defaults["OTPLESS_ALLOWED_ORIGINS"] =
                "\(options.loginURL),http://localhost:\(options.port)"
        }
        self.defaults = defaults
    }

    /// Read as `serve` reads its environment; links open the simulated phone.
    ///
    /// - Throws: all faults at once, among them settings that the demo makes itself.
    func config() throws(ConfigError) -> Config {
        let taken = options.settings.keys.filter(Self.fixed.contains).sorted().map {
            ConfigFault(name: $0, problem: "cannot be set in the demo, which sets it itself")
        }
        let environment = defaults.merging(options.settings) { own, given in
            // An empty variable counts as one that is not set.
            given.isEmpty ? own : given
        }
        var (config, faults) = Config.read(environment)
        faults = taken + faults.filter { !Self.fixed.contains($0.name) }
        guard faults.isEmpty else { throw ConfigError(faults: faults) }
        config.whatsApp.chatURL = options.phoneURL
        return config
    }
}

extension Simulator.Settings {
    /// What a demo's simulator and server agree on.
    init(_ options: DemoOptions, _ config: Config) {
        self.init(
            accessToken: config.whatsApp.accessToken, appSecret: config.whatsApp.appSecret,
            webhookURL: options.loginURL + "/api/webhook", loginURL: options.loginURL + "/")
        businessName = config.appName
        templates =
            Self.approved(config.whatsApp.template, \.body) { [$0.confirm, $0.deny] }
            + Self.approved(config.whatsApp.matchTemplate, \.numberBody) { [$0.deny] }
    }

    /// A configured template in its languages, as `otpless-server template` submits it.
    private static func approved(
        _ template: MessageTemplate?, _ body: KeyPath<MessageTexts, String>,
        _ buttons: (MessageTexts) -> [String]
    ) -> [Simulator.Template] {
        (template?.languages ?? []).compactMap { language in
            MessageTexts.language(language).map { texts in
                Simulator.Template(
                    name: template?.name ?? "", language: language, body: texts[keyPath: body],
                    quickReplies: buttons(texts))
            }
        }
    }
}
