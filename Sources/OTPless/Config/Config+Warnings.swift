import Loop

extension Config {
    /// What works as configured, but not as an operator may expect; told at start and by `/readyz`.
    public var warnings: [String] {
        var warnings = limitWarnings
        if tls.certificate != nil, WebURL(publicURL)?.isHTTPS == false {
            warnings.append(
                "OTPLESS_PUBLIC_URL is plain http, but the server speaks TLS: pages cannot open the "
                    + "WebSocket, because their origin is another one")
        } else if WebURL(publicURL)?.isSafe == false {
            warnings.append(
                "OTPLESS_PUBLIC_URL is plain http: tokens travel in clear, and browsers give pages "
                    + "there no code challenge")
        }
        if tls.certificate == nil, metricsToken == nil, WebURL(publicURL)?.isHTTPS == true {
            warnings.append(
                "OTPLESS_METRICS_TOKEN is not set: a reverse proxy on this machine may show /metrics to "
                    + "everybody; keep it from there, or set a token")
        }
        if trustedProxies.contains(where: \.isEverything) {
            warnings.append(
                "OTPLESS_TRUSTED_PROXIES is the whole internet: whoever reaches the server directly may "
                    + "pretend to be any address")
        }
        let (template, name) =
            confirmation == .match
            ? (whatsApp.matchTemplate, "OTPLESS_WHATSAPP_MATCH_TEMPLATE")
            : (whatsApp.template, "OTPLESS_WHATSAPP_TEMPLATE")
        if let publicOrigin, !allowedOrigins.contains(publicOrigin) {
            warnings.append(
                "OTPLESS_ALLOWED_ORIGINS does not list the origin of OTPLESS_PUBLIC_URL: the page at / "
                    + "opens no WebSocket, and gets no cookie")
        }
        if methods.contains(.prompt), template == nil {
            warnings.append(
                "\(name) is not set: only people who wrote to the business in the last 24 hours can "
                    + "be reached")
        }
        return warnings
    }

    /// A limit that is off is nothing to overlook.
    private var limitWarnings: [String] {
        let limits: [(name: String, limit: RateLimit?, method: Login.Method, danger: String)] = [
            (
                "OTPLESS_LIMIT_PHONE", limits.phone, .prompt,
                "anybody can have any number of messages sent to a phone"
            ),
            (
                "OTPLESS_LIMIT_IP", limits.network, .prompt,
                "one client can have messages sent to any number of phones, at your cost"
            ),
            (
                "OTPLESS_LIMIT_CODES", limits.codes, .link,
                "a phone can try any number of link codes"
            ),
        ]
        return limits.filter { $0.limit == nil && methods.contains($0.method) }.map {
            "\($0.name) is off: \($0.danger)"
        }
    }
}
