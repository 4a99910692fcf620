import Metrics

/// Access and refresh tokens: who is calling, new pairs, and the end of a login.
public struct Tokens: Sendable {
    /// What every operation on tokens needs.
    public struct Dependencies: Sendable {
        let access: AccessTokens
        let store: any Store
        let ended: EndedLogins
        let events: LoginEvents
        let refreshKey: HMACKey
        let refreshLifetime: Duration
        let clock: any WallClock
        let entropy: Entropy
        let log: Log
        let metrics: LoginMetrics

        /// The parts, made once at start.
        public init(
            access: AccessTokens, store: any Store, ended: EndedLogins, events: LoginEvents,
            refreshKey: HMACKey, refreshLifetime: Duration, clock: any WallClock, entropy: Entropy,
            log: Log,
            metrics: LoginMetrics
        ) {
            self.access = access
            self.store = store
            self.ended = ended
            self.events = events
            self.refreshKey = refreshKey
            self.refreshLifetime = refreshLifetime
            self.clock = clock
            self.entropy = entropy
            self.log = log
            self.metrics = metrics
        }
    }

    let parts: Dependencies

    /// Tokens made and checked with those parts.
    public init(_ parts: Dependencies) {
        self.parts = parts
    }

    /// The caller that an `Authorization` header names.
    ///
    /// - Throws: `MISSING_AUTHORIZATION` when it is absent or not `Bearer <token>` (RFC 6750 §2.1);
    ///   `INVALID_TOKEN` when the token is bad, has run out, or its login has ended.
    public func caller(authorization: ArraySlice<UInt8>?) throws(Failure) -> Caller {
        guard let token = authorization.flatMap(Self.bearerToken) else {
            throw Failure(.missingAuthorization)
        }
        guard let caller = parts.access.verify(token, at: parts.clock.now) else {
            // Two words are no token (RFC 6750 §2.1).
            throw Failure(token.contains(UInt8(ascii: " ")) ? .missingAuthorization : .invalidToken)
        }
        guard !parts.ended.contains(caller.family) else { throw Failure(.invalidToken) }
        return caller
    }

    /// The token of an `Authorization` header; nil unless it is `Bearer <token>` (RFC 6750 §2.1).
    public static func bearerToken(_ header: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        // Scheme names are case-insensitive (RFC 9110 §11.1).
        var token = header
        for letter in "bearer ".utf8 {
            guard let byte = token.popFirst(), byte | 0x20 == letter else { return nil }
        }
        while token.first == UInt8(ascii: " ") { token.removeFirst() }
        return token.isEmpty ? nil : token
    }

    /// A new family's first pair for a user; the family is not stored yet.
    func begin(for user: UserID, login: LoginID) -> (family: RefreshFamily, token: RefreshToken) {
        let now = parts.clock.now
        return RefreshFamily.begin(
            id: .make(at: now, parts.entropy), user: user, login: login, key: parts.refreshKey,
            at: now, parts.entropy)
    }

    /// The pair to hand over for a stored family.
    func grant(_ token: RefreshToken, to user: User) -> Grant {
        let now = parts.clock.now
        let access = parts.access.issue(for: user, family: token.family, at: now, parts.entropy)
        // Of a repetition up to 10 s less are left: then it is the token that says so.
        let end = min(now + parts.refreshLifetime, token.family.madeAt + RefreshFamily.lifetime)
        return Grant(
            accessToken: access, refreshToken: token.text,
            expiresIn: parts.access.lifetime.wholeSeconds,
            refreshExpiresIn: max(0, (end - now).wholeSeconds), user: user, family: token.family)
    }

    /// Whether a pair has not been ended since it was made.
    func areLive(_ grant: Grant) -> Bool { !parts.ended.contains(grant.family) }

    /// Refuses the access tokens of families that have ended, as every node knows.
    func learn(ended families: [FamilyID]) {
        parts.ended.add(families, at: parts.clock.now)
    }

    /// Refuses the access tokens of families that have ended, here and at other nodes.
    func refuse(_ families: [FamilyID]) {
        learn(ended: families)
        for family in families { parts.events.tellOthers(.replaced(family)) }
    }

    /// The same, and tells the pages that may still hold them.
    func refuse(_ families: [EndedFamily]) {
        learn(ended: families.map(\.id))
        for family in families {
            parts.events.hear(LoginEvent(family.login))
            parts.events.tellOthers(.ended(family))
        }
    }

    /// Whether a family's tokens are refused.
    func isRefused(_ family: FamilyID) -> Bool { parts.ended.contains(family) }

    /// Exchanges a refresh token for a new pair.
    ///
    /// - Throws: `INVALID_REFRESH_TOKEN`; a token that was used too long ago also ends its family.
    public func refresh(_ text: String, user: String?) async throws(Failure) -> Grant {
        guard let token = RefreshToken(text) else {
            parts.metrics.refreshes[.refused].add()
            throw Failure(.invalidRefreshToken)
        }
        let expected = user.map { UserID($0) }
        if let expected, expected == nil { throw Failure(.invalidRefreshToken) }
        let (redemption, owner) = try await parts.log.guarding { () async throws(StoreError) in
            try await parts.store.redeem(
                token, user: expected ?? nil, key: parts.refreshKey, idle: parts.refreshLifetime,
                at: parts.clock.now)
        }
        switch redemption {
        case .successor(let successor):
            guard let owner else { throw Failure(.invalidRefreshToken) }
            parts.metrics.refreshes[.rotated].add()
            return grant(successor, to: owner)
        case .reused(let login):
            refuse([EndedFamily(id: token.family, login: login)])
            parts.metrics.refreshes[.reused].add()
            parts.log.write(
                .warning, "refresh token reused", ["sid": .text(token.family.description)])
            throw Failure(.invalidRefreshToken)
        case .over, .forged:
            parts.metrics.refreshes[.refused].add()
            throw Failure(.invalidRefreshToken)
        }
    }
}
