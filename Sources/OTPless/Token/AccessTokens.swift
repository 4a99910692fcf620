import Loop

/// Who a request comes from, as its access token says.
public struct Caller: Hashable, Sendable {
    /// The user: `sub`.
    public let user: UserID

    /// The login: `sid`.
    public let family: FamilyID

    /// When the token runs out.
    public let expiresAt: Timestamp
}

/// Makes and checks access tokens: JWT (RFC 7519) signed as RFC 7515 says.
///
/// Algorithm and key are chosen by comparing a token's header byte for byte with those that the keys
/// write: nothing a token says of itself is ever believed (RFC 8725 §3.1).
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

    /// Longer tokens are refused unread: ours are under 1 KiB, and under 2.6 with the longest of names,
    /// issuers and audiences, all of them escaped.
    private static let maxLength = 3072

    /// How long a token is valid.
    public var lifetime: Duration { settings.lifetime }

    private let settings: Settings
    private let keys: Locked<KeyRing>
    private let verified = VerifiedTokens()

    /// Tokens of these keys.
    public init(keys: KeyRing, settings: Settings) {
        self.keys = Locked(keys)
        self.settings = settings
    }

    /// Tokens signed with a secret; nil when the secret is empty.
    public init?(secret: Secret, settings: Settings) {
        guard let keys = KeyRing(secret: secret) else { return nil }
        self.init(keys: keys, settings: settings)
    }

    /// The public keys as a JWK Set (RFC 7517 §5).
    public var publicKeys: [UInt8] { keys.withLock { $0 }.publicKeys }

    /// Signs and verifies with other keys from now on; tokens of those that are gone are refused.
    public func replaceKeys(_ keys: KeyRing) {
        self.keys.withLock { $0 = keys }
        verified.forget()
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
        let key = keys.withLock { $0.signing }
        var token = key.header
        Base64URL.append(encoded: claims.bytes, to: &token)
        let signature = key.sign(token[...])
        token.append(UInt8(ascii: "."))
        Base64URL.append(encoded: signature, to: &token)
        return String(decoding: token, as: UTF8.self)
    }

    /// Checks a token; nil unless it is ours, whole and still valid.
    public func verify(_ token: ArraySlice<UInt8>, at now: Timestamp) -> Caller? {
        if let caller = verified.caller(token, at: now) { return caller }
        // Asked for before the keys: what keys of before have verified is not remembered.
        let generation = verified.generation
        guard let caller = verifySignature(token, at: now) else { return nil }
        verified.insert(token, caller, of: generation)
        return caller
    }

    /// The signature is checked over the received bytes before any of them is decoded.
    private func verifySignature(_ token: ArraySlice<UInt8>, at now: Timestamp) -> Caller? {
        guard token.count <= Self.maxLength, let key = keys.withLock({ $0 }).key(of: token),
            let end = token.lastIndex(of: UInt8(ascii: ".")),
            case let start = token.startIndex + key.header.count, end >= start
        else { return nil }
        guard let signature = Base64URL.decode(token[(end + 1)...]),
            key.verifies(signature, of: token[..<end]),
            let claims = Base64URL.decode(token[start..<end])
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
