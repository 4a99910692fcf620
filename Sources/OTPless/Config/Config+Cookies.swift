extension Config {
    /// Whether browsers call the server by https.
    public var isPublicURLSecure: Bool { WebURL(publicURL)?.isHTTPS == true }

    /// A cookie that no browser would keep, or send, is no way to stay signed in.
    func cookieFaults(besides faults: [ConfigFault]) -> [ConfigFault] {
        let origins = allowedOrigins.compactMap { WebURL($0) }
        guard refreshCookie, let url = WebURL(publicURL),
            !faults.contains(where: { $0.name == "OTPLESS_ALLOWED_ORIGINS" })
        else { return [] }
        guard url.isSafe else {
            return [cookieFault("needs an OTPLESS_PUBLIC_URL of https, or of http on loopback")]
        }
        let foreign = origins.filter { !$0.isOfSameSite(as: url) }
        guard !foreign.isEmpty else { return [] }
        let list = foreign.map(\.origin).joined(separator: ", ")
        return [
            cookieFault(
                "cannot be on where OTPLESS_ALLOWED_ORIGINS has \(list): it is of another site than "
                    + "OTPLESS_PUBLIC_URL, and browsers send the cookie within one site alone")
        ]
    }

    private func cookieFault(_ problem: String) -> ConfigFault {
        ConfigFault(name: "OTPLESS_REFRESH_COOKIE", problem: problem)
    }
}
