/// Who a request comes from, as its access token says.
public struct Caller: Hashable, Sendable {
    /// The user: `sub`.
    public let user: UserID

    /// The login: `sid`.
    public let family: FamilyID

    /// When the token runs out.
    public let expiresAt: Timestamp
}

/// Makes and checks access tokens: JWT (RFC 7519) signed with HMAC-SHA256 (RFC 7515, RFC 7518 §3.2).
public struct AccessTokens: Sendable {
    /// Who signs and for whom, and for how long.
    public struct Settings: Sendable {
        /// `iss`.
        public var issuer: String

        /// `aud`.
        public var audience: String

        /// How long a token is valid.
        public var lifetime: Duration

        /// Settings as configured.
        public init(issuer: String, audience: String, lifetime: Duration) {
            self.issuer = issuer
            self.audience = audience
            self.lifetime = lifetime
        }
    }

    /// Longer tokens are refused unread: ours are under 1 KiB.
    private static let maxLength = 2048

    /// How long a token is valid.
    public var lifetime: Duration { settings.lifetime }

    private let settings: Settings
    private let key: HMACKey
    private let verified = VerifiedTokens()
    /// The first part of every token of this key, and its dot.
    ///
    /// Algorithm and key are checked by comparing it byte for byte: nothing a token says of itself
    /// is ever believed (RFC 8725 §3.1).
    private let header: [UInt8]

    /// Tokens signed with a secret; nil when the secret is empty.
    public init?(secret: Secret, settings: Settings) {
        guard let key = HMACKey(secret.bytes) else { return nil }
        self.key = key
        self.settings = settings
        // Names the key without telling anything of it.
        let keyID = Base64URL.encode(key.code(of: Array("kid".utf8)[...]).prefix(9))
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("alg", "HS256")
            writer.member("kid", keyID)
            writer.member("typ", "JWT")
        }
        var header: [UInt8] = []
        Base64URL.append(encoded: writer.bytes, to: &header)
        self.header = header + [UInt8(ascii: ".")]
    }

    /// Signs a token for a user's login.
    public func issue(
        for user: User, family: FamilyID, at now: Timestamp, _ entropy: Entropy
    ) -> String {
        var claims = JSONWriter(reserving: 384)
        claims.object { claims in
            claims.member("iss", settings.issuer)
            claims.member("aud", settings.audience)
            claims.member("sub", user.id)
            claims.member("sid", family)
            if let name = user.name { claims.member("name", name) }
            claims.member("phone_number", user.phone.e164)
            claims.member("iat", now.seconds)
            claims.member("exp", (now + settings.lifetime).seconds)
            claims.member("jti", Base64URL.encode(entropy.bytes(12)))
        }
        var token = header
        Base64URL.append(encoded: claims.bytes, to: &token)
        let code = key.code(of: token[...])
        token.append(UInt8(ascii: "."))
        Base64URL.append(encoded: code, to: &token)
        return String(decoding: token, as: UTF8.self)
    }

    /// Checks a token; nil unless it is ours, whole and still valid.
    public func verify(_ token: ArraySlice<UInt8>, at now: Timestamp) -> Caller? {
        if let caller = verified.caller(token, at: now) { return caller }
        guard let caller = verifySignature(token, at: now) else { return nil }
        verified.insert(token, caller)
        return caller
    }

    /// The signature is checked over the received bytes before any of them is decoded.
    private func verifySignature(_ token: ArraySlice<UInt8>, at now: Timestamp) -> Caller? {
        let dot = UInt8(ascii: ".")
        guard token.count <= Self.maxLength, token.starts(with: header),
            let end = token.lastIndex(of: dot), end >= token.startIndex + header.count
        else { return nil }
        guard let code = Base64URL.decode(token[(end + 1)...]),
            key.verifies(code, of: token[..<end]),
            let claims = Base64URL.decode(token[(token.startIndex + header.count)..<end])
        else { return nil }
        return caller(from: claims, at: now)
    }

    private func caller(from claims: [UInt8], at now: Timestamp) -> Caller? {
        guard let claims = try? JSONDocument(claims).root,
            let issuer = claims["iss"], issuer.equals(settings.issuer),
            let audience = claims["aud"], audience.equals(settings.audience),
            let expiry = claims["exp"]?.integer, let issued = claims["iat"]?.integer,
            let user = claims["sub"].flatMap({ UserID(uuid: $0.quoted) }),
            let family = claims["sid"].flatMap({ FamilyID(uuid: $0.quoted) })
        else { return nil }
        // A shorter lifetime set meanwhile holds for older tokens too: the list of ended logins remembers
        // them no longer than that.
        let end = min(
            Timestamp(seconds: expiry), Timestamp(seconds: issued) + settings.lifetime)
        return now < end ? Caller(user: user, family: family, expiresAt: end) : nil
    }
}

extension JSONValue {
    /// What stands between the quotes; an identifier has no escapes.
    fileprivate var quoted: ArraySlice<UInt8> { bytes.dropFirst().dropLast() }
}
