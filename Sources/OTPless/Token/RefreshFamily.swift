/// Names a live login: the `sid` of its access tokens and the id in the list of devices.
public typealias FamilyID = Identifier<RefreshFamily>

/// One line of refresh tokens, each the successor of the one before; the store holds one row of it.
///
/// A token is `id.generation.secret`. Secret n+1 is HMAC-SHA256 of secret n under a key that never
/// leaves the store, so a repeated refresh gets the same successor although only one hash is kept;
/// and any older token proves itself by growing into the present one.
public struct RefreshFamily: Sendable {
    /// The id.
    public let id: FamilyID

    /// Whose tokens these are.
    public let user: UserID

    /// The login that began it.
    public let login: LoginID

    /// How often it was rotated.
    public private(set) var generation: UInt32 = 0

    /// The hash of the present secret.
    public private(set) var digest: Digest

    /// When the latest rotations happened, newest first, as far back as a repetition is allowed.
    public private(set) var rotations: [Timestamp] = []

    /// When it began.
    public let createdAt: Timestamp

    /// When it was last used.
    public private(set) var lastUsedAt: Timestamp

    /// When it was ended, if it was.
    public var endedAt: Timestamp?

    /// How long a used token may be repeated, because its reply was lost or two tabs raced.
    public static let repetition = Duration.seconds(10)

    /// How long a family lives in all.
    public static let lifetime = Duration.seconds(90 * 86_400)

    /// The most generations that a presented token may be behind and still be recognised.
    ///
    /// Covers 90 days of one refresh every 15 minutes; bounds the work of a forged token.
    static let reach: UInt32 = 10_000

    /// A new family and its first token.
    public static func begin(
        id: FamilyID, user: UserID, login: LoginID, at now: Timestamp, _ entropy: Entropy
    ) -> (family: RefreshFamily, token: RefreshToken) {
        let token = RefreshToken(family: id, generation: 0, secret: entropy.bytes(32))
        let family = RefreshFamily(
            id: id, user: user, login: login, generation: 0, digest: Digest(of: token.secret),
            rotations: [], createdAt: now, lastUsedAt: now, endedAt: nil)
        return (family, token)
    }

    /// A family read from the store.
    init(
        id: FamilyID, user: UserID, login: LoginID, generation: UInt32, digest: Digest,
        rotations: [Timestamp], createdAt: Timestamp, lastUsedAt: Timestamp, endedAt: Timestamp?
    ) {
        self.id = id
        self.user = user
        self.login = login
        self.generation = generation
        self.digest = digest
        self.rotations = rotations
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
        self.endedAt = endedAt
    }

    /// What presenting a token comes to.
    public enum Redemption: Sendable {
        /// The successor; the family has moved on unless it is a repetition.
        case successor(RefreshToken)
        /// A used token came back too late: somebody has a copy, so the family is ended.
        case reused
        /// Genuine, but the family has ended or run out.
        case over
        /// Never issued.
        case forged
    }

    /// Presents a token and moves the family on.
    public mutating func redeem(
        _ token: RefreshToken, key: HMACKey, idle: Duration, at now: Timestamp
    ) -> Redemption {
        guard isGenuine(token, key: key) else { return .forged }
        guard isLive(idle: idle, at: now) else { return .over }
        let successor = token.successor(key: key)
        if token.generation == generation {
            generation += 1
            digest = Digest(of: successor.secret)
            rotations = [now] + rotations.filter { now < $0 + Self.repetition }
            lastUsedAt = now
            return .successor(successor)
        }
        // rotations[0] turned generation n-1 into n, rotations[1] n-2 into n-1, and so on.
        let age = Int(generation - token.generation) - 1
        if age < rotations.count, now < rotations[age] + Self.repetition {
            return .successor(successor)
        }
        endedAt = now
        return .reused
    }

    /// Whether the server issued the token, be it used or ended since.
    public func isGenuine(_ token: RefreshToken, key: HMACKey) -> Bool {
        guard token.family == id, token.generation <= generation,
            generation - token.generation <= Self.reach
        else { return false }
        var descendant = token
        while descendant.generation < generation { descendant = descendant.successor(key: key) }
        return digest.matches(descendant.secret)
    }

    private func isLive(idle: Duration, at now: Timestamp) -> Bool {
        endedAt == nil && now < lastUsedAt + idle && now < createdAt + Self.lifetime
    }
}

/// An opaque refresh token.
///
/// Shape: 70 characters of base64url over 16 bytes of family, 4 of generation and 32 of secret.
public struct RefreshToken: Sendable {
    /// The family it belongs to.
    public let family: FamilyID

    let generation: UInt32
    let secret: [UInt8]

    init(family: FamilyID, generation: UInt32, secret: [UInt8]) {
        self.family = family
        self.generation = generation
        self.secret = secret
    }

    /// Reads what a client sent; nil for anything a server cannot have made.
    public init?(_ text: String) {
        guard text.utf8.count == 70, let bytes = Base64URL.decode(text), bytes.count == 52,
            let family = FamilyID(bytes: bytes[0..<16])
        else { return nil }
        let generation = bytes[16..<20].reduce(0) { $0 << 8 | UInt32($1) }
        self.init(family: family, generation: generation, secret: Array(bytes[20...]))
    }

    /// What the client is given.
    public var text: String {
        let count = (0..<4).map { UInt8(truncatingIfNeeded: generation >> UInt32(24 - 8 * $0)) }
        return Base64URL.encode(family.bytes + count + secret)
    }

    func successor(key: HMACKey) -> RefreshToken {
        RefreshToken(
            family: family, generation: generation &+ 1, secret: key.code(of: secret[...]))
    }
}
