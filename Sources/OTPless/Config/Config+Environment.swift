extension Config {
    /// Reads the configuration of `serve` from the environment; the only reader of it.
    ///
    /// - Throws: every fault at once; nothing falls back silently.
    public init(environment: [String: String]) throws(ConfigError) {
        var reader = EnvironmentReader(environment)
        self.init()
        readServer(&reader)
        readTokens(&reader)
        readWhatsApp(&reader)
        Self.readWhatIsNotAvailableYet(&reader)
        reader.refuseTheRest()
        guard reader.faults.isEmpty else { throw ConfigError(faults: reader.faults) }
    }

    private mutating func readServer(_ reader: inout EnvironmentReader) {
        listen = reader.value(
            "OTPLESS_LISTEN", or: listen,
            "must be addresses such as 127.0.0.1:8080 or [::1]:8080, several with commas"
        ) { text in
            let list = text.split(separator: ",").map { String($0).trimmed }
            return !list.isEmpty && list.allSatisfy(Self.isAddress) ? list : nil
        }
        let text = reader.required(
            "OTPLESS_PUBLIC_URL",
            "what browsers and WhatsApp call, such as https://login.example.com")
        let url = WebURL(text)
        if !text.isEmpty, url == nil || text.utf8.count > 256 {
            reader.fault(
                "OTPLESS_PUBLIC_URL",
                "must be an http or https URL of at most 256 bytes, without a query")
        }
        publicURL = url?.base ?? ""
        appName = reader.optional("OTPLESS_APP_NAME") ?? url?.authority ?? ""
        databasePath = reader.value(
            "OTPLESS_DATABASE", or: databasePath,
            "must be sqlite:PATH (postgres:// is not available yet)"
        ) { $0.hasPrefix("sqlite:") && $0.count > 7 ? String($0.dropFirst(7)) : nil }
        allowedOrigins = reader.value(
            "OTPLESS_ALLOWED_ORIGINS", or: url.map { [$0.origin] } ?? [],
            "must be origins such as https://example.com, several with commas"
        ) { text in
            let list = text.split(separator: ",").map { WebURL(String($0).trimmed) }
            let origins = list.compactMap { $0?.origin == $0?.base ? $0?.origin : nil }
            return !list.isEmpty && origins.count == list.count ? origins : nil
        }
        workers = reader.value("OTPLESS_WORKERS", or: nil, "must be a number from 1 to 256") {
            Int($0).flatMap { 1...256 ~= $0 ? .some($0) : nil }
        }
        logLevel = reader.value(
            "OTPLESS_LOG_LEVEL", or: .info, "must be debug, info, warning or error"
        ) {
            text in Log.Level.allCases.first { "\($0)" == text }
        }
    }

    private mutating func readTokens(_ reader: inout EnvironmentReader) {
        reader.notYet("OTPLESS_JWT_ALGORITHM", except: "HS256")
        let secret = reader.required(
            "OTPLESS_JWT_SECRET",
            "at least 32 bytes, such as the output of `openssl rand -base64 32`")
        if !secret.isEmpty, secret.utf8.count < 32 {
            reader.fault("OTPLESS_JWT_SECRET", "must be at least 32 bytes long")
        }
        tokens.secret = Secret(secret)
        tokens.issuer = reader.value(
            "OTPLESS_JWT_ISSUER", or: publicURL, "must have at most 256 bytes"
        ) { $0.utf8.count <= 256 ? $0 : nil }
        tokens.audience = reader.value(
            "OTPLESS_JWT_AUDIENCE", or: publicURL, "must have at most 256 bytes"
        ) { $0.utf8.count <= 256 ? $0 : nil }
        tokens.accessLifetime = reader.duration(
            "OTPLESS_ACCESS_TOKEN_TTL", or: tokens.accessLifetime,
            within: .seconds(1)...(.seconds(86_400)))
        tokens.refreshLifetime = reader.duration(
            "OTPLESS_REFRESH_TOKEN_TTL", or: tokens.refreshLifetime,
            within: .seconds(60)...RefreshFamily.lifetime)
        loginLifetime = reader.duration(
            "OTPLESS_LOGIN_TTL", or: loginLifetime, within: .seconds(1)...(.seconds(600)))
    }

    private mutating func readWhatsApp(_ reader: inout EnvironmentReader) {
        reader.notYet("OTPLESS_WHATSAPP_PROVIDER", except: "cloud")
        whatsApp.baseURL = reader.value(
            "OTPLESS_WHATSAPP_BASE_URL", or: whatsApp.baseURL,
            "must be an https URL; http is allowed on loopback only"
        ) { text in WebURL(text).flatMap { $0.isSafe ? $0.base : nil } }
        whatsApp.apiVersion = reader.value(
            "OTPLESS_WHATSAPP_API_VERSION", or: whatsApp.apiVersion, "must look like v26.0"
        ) { Self.isVersion($0) ? $0 : nil }
        whatsApp.phoneNumberID = reader.required(
            "OTPLESS_WHATSAPP_PHONE_NUMBER_ID",
            "the sending number's id, from the app's WhatsApp settings")
        if !whatsApp.phoneNumberID.allSatisfy(\.isASCIIDigit) {
            reader.fault("OTPLESS_WHATSAPP_PHONE_NUMBER_ID", "must consist of digits")
        }
        whatsApp.phoneNumber = reader.required(
            "OTPLESS_WHATSAPP_PHONE_NUMBER", "the sending number, such as +15550783881")
        if !whatsApp.phoneNumber.isEmpty, PhoneNumber(whatsApp.phoneNumber) == nil {
            reader.fault(
                "OTPLESS_WHATSAPP_PHONE_NUMBER", "must be a phone number with + and country code")
        }
        whatsApp.accessToken = Secret(
            reader.required("OTPLESS_WHATSAPP_ACCESS_TOKEN", "the system user's token"))
        whatsApp.appSecret = Secret(
            reader.required(
                "OTPLESS_WHATSAPP_APP_SECRET", "the app secret that webhooks are signed with"))
        whatsApp.verifyToken = Secret(
            reader.required(
                "OTPLESS_WHATSAPP_VERIFY_TOKEN",
                "any text you also enter as the webhook's verify token"))
        if whatsApp.accessToken.bytes.contains(where: { $0 <= 0x20 || $0 >= 0x7F }) {
            reader.fault("OTPLESS_WHATSAPP_ACCESS_TOKEN", "must be visible ASCII without spaces")
        }
    }

    /// The rest of the contract's settings: named, so that nobody thinks they have an effect.
    private static func readWhatIsNotAvailableYet(_ reader: inout EnvironmentReader) {
        for name in [
            "OTPLESS_APP_LOGO", "OTPLESS_TLS_CERTIFICATE", "OTPLESS_TLS_KEY",
            "OTPLESS_TRUSTED_PROXIES", "OTPLESS_JWT_KEYS", "OTPLESS_WHATSAPP_TEMPLATE",
            "OTPLESS_WHATSAPP_MATCH_TEMPLATE", "OTPLESS_COUNTRIES", "OTPLESS_METRICS_TOKEN",
        ] {
            reader.notYet(name)
        }
        reader.notYet("OTPLESS_METHODS", except: "prompt")
        reader.notYet("OTPLESS_CONFIRMATION", except: "tap")
        reader.notYet("OTPLESS_TYPED_WORDS", except: "off")
        reader.notYet("OTPLESS_REQUIRE_CODE_CHALLENGE", except: "off")
        reader.notYet("OTPLESS_REFRESH_COOKIE", except: "off")
        reader.notYet("OTPLESS_DELIVERY_EVENTS", except: "on")
        for name in ["OTPLESS_LIMIT_PHONE", "OTPLESS_LIMIT_IP", "OTPLESS_LIMIT_CODES"] {
            reader.notYet(name, except: "off")
        }
        reader.notYet("OTPLESS_DENY_BLOCK", except: "off")
    }
}

extension Config {
    /// A literal address and a port: names are not resolved.
    private static func isAddress(_ text: String) -> Bool {
        guard let colon = text.lastIndex(of: ":"),
            text[text.index(after: colon)...].allSatisfy(\.isASCIIDigit),
            UInt16(text[text.index(after: colon)...]) != nil
        else { return false }
        let host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            return host.dropFirst().dropLast().allSatisfy {
                $0.isHexDigit || $0 == ":" || $0 == "."
            }
        }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return host == "localhost" || parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }

    /// `v26.0`: a Graph API version.
    private static func isVersion(_ text: String) -> Bool {
        let parts = text.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
        return text.hasPrefix("v") && parts.count == 2
            && parts.allSatisfy { 1...3 ~= $0.count && $0.allSatisfy(\.isASCIIDigit) }
    }
}
