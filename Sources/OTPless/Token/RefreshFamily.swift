/// Names a live login: the `sid` of its access tokens and the id in the list of devices.
public typealias FamilyID = Identifier<RefreshFamily>

/// One line of refresh tokens, each the successor of the one before; the store holds one row of it.
///
/// Secret n+1 is HMAC-SHA256 of secret n under a key that never leaves the store, so a repeated
/// refresh gets the same successor although only one hash is kept. A token also carries a code of
/// its own under that key: a forged one costs one HMAC, and is told from one that was used.
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

    /// How many rotations are remembered; more within that time is no client's lost reply.
    private static let rememberedRotations = 32

    /// A new family and its first token.
    public static func begin(
        id: FamilyID, user: UserID, login: LoginID, key: HMACKey, at now: Timestamp,
        _ entropy: Entropy
    ) -> (family: RefreshFamily, token: RefreshToken) {
        let token = RefreshToken(family: id, generation: 0, secret: entropy.bytes(32), key: key)
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
        case reused(LoginID)
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
            // Without a hole, or a later time would stand for an earlier rotation.
            let recent = rotations.prefix { Self.isRecent($0, at: now) }
            rotations = [now] + recent.prefix(Self.rememberedRotations - 1)
            lastUsedAt = now
            return .successor(successor)
        }
        if isRepetition(token, at: now) { return .successor(successor) }
        endedAt = now
        return .reused(login)
    }

    /// Whether the server issued the token for this family, be it used or ended since.
    public func isGenuine(_ token: RefreshToken, key: HMACKey) -> Bool {
        guard token.family == id, token.generation <= generation, token.hasCode(of: key) else {
            return false
        }
        return token.generation < generation || digest.matches(token.secret)
    }

    /// Whether a used token may still be repeated.
    private func isRepetition(_ token: RefreshToken, at now: Timestamp) -> Bool {
        // rotations[0] turned generation n-1 into n, rotations[1] n-2 into n-1, and so on.
        let age = Int(generation - token.generation) - 1
        return age < rotations.count && Self.isRecent(rotations[age], at: now)
    }

    /// Not long ago, and not far ahead either: the clock may have been set back.
    private static func isRecent(_ time: Timestamp, at now: Timestamp) -> Bool {
        now < time + repetition && time < now + repetition
    }

    private func isLive(idle: Duration, at now: Timestamp) -> Bool {
        endedAt == nil && now < lastUsedAt + idle && now < createdAt + Self.lifetime
    }
}
