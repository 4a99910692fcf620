import OTPless
import Wire

/// The refresh token as a cookie of the API's own origin, which no script can read (RFC 6265).
struct RefreshCookie: Sendable {
    private let name: String
    private let attributes: String
    private let origins: [String]

    /// Nil where it is switched off.
    init?(_ app: App) {
        guard app.config.refreshCookie else { return nil }
        let isSecure = app.config.isPublicURLSecure
        name = Self.name(app.config)
        attributes = "Path=/\(isSecure ? "; Secure" : ""); HttpOnly; SameSite=Strict"
        origins = app.config.allowedOrigins
    }

    /// What the cookie is called.
    ///
    /// A name with this prefix is taken by browsers from nobody else, such as another subdomain; it asks
    /// for Secure, which http on loopback does not have (RFC 6265bis §4.1.3.2).
    static func name(_ config: Config) -> String {
        config.isPublicURLSecure ? "__Host-otpless_refresh" : "otpless_refresh"
    }

    /// The value of `Set-Cookie` that hands a refresh token over.
    func handing(over grant: Grant) -> String {
        "\(name)=\(grant.refreshToken); Max-Age=\(grant.refreshExpiresIn); \(attributes)"
    }

    /// The value of `Set-Cookie` that takes it away.
    var cleared: String { "\(name)=; Max-Age=0; \(attributes)" }

    /// The token that came as a cookie; nil without one.
    ///
    /// A browser sends cookies along by itself, so the page has to show where it is from.
    /// - Throws: `ORIGIN_NOT_ALLOWED`; `INVALID_REFRESH_TOKEN` when it cannot be told which one is meant.
    func token(of request: Request) throws(Failure) -> String? {
        let tokens = tokens(of: request)
        guard let token = tokens.first else { return nil }
        let sent = request.headers.values(of: "origin")
        guard sent.count == 1, origins.contains(sent[0]) else { throw Failure(.originNotAllowed) }
        guard tokens.count == 1 else { throw Failure(.invalidRefreshToken) }
        return String(token)
    }

    /// Its different values; what is not `name=value` is passed over (RFC 6265 §4.2.1).
    private func tokens(of request: Request) -> Set<Substring> {
        var tokens: Set<Substring> = []
        for line in request.headers.values(of: "cookie") {
            for pair in line.split(separator: ";") {
                let text = pair.drop { $0 == " " || $0 == "\t" }
                guard text.hasPrefix(name + "=") else { continue }
                let value = text.dropFirst(name.count + 1).prefix { $0 != " " && $0 != "\t" }
                if !value.isEmpty { tokens.insert(value) }
            }
        }
        return tokens
    }
}

extension Response {
    /// Sets a cookie, or takes it away.
    mutating func set(cookie: String) { headers.append(("Set-Cookie", cookie)) }
}
