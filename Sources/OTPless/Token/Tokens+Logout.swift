extension Tokens {
    /// How much a logout ends when an access token is the proof.
    public enum Scope: String, Sendable {
        /// All of the user's logins.
        case all
        /// The login of the token.
        case current
    }

    /// Ends logins of a user who proves it with a refresh token or, without one, an access token.
    ///
    /// - Throws: `INVALID_REFRESH_TOKEN` (never issued), `UNAUTHORIZED` (another user's proof),
    ///   `MISSING_AUTHORIZATION` (no proof), `INVALID_TOKEN`; `LOGOUT_FAILED` when the store is down.
    public func logout(
        user: String, refreshToken: String?, authorization: ArraySlice<UInt8>?, scope: Scope
    ) async throws(Failure) {
        if let refreshToken { return try await logout(user: user, refreshToken: refreshToken) }
        let caller = try caller(authorization: authorization)
        guard caller.user.description == user else { throw Failure(.unauthorized) }
        switch scope {
        case .current: try await end(caller.family)
        case .all:
            let ended = try await parts.log.guarding(as: .logoutFailed) {
                () async throws(StoreError) in
                try await parts.store.endFamilies(of: caller.user, at: parts.clock.now)
            }
            refuse(ended)
        }
    }

    /// Also a token that is used, ended or run out logs out: a repeated logout succeeds.
    private func logout(user: String, refreshToken: String) async throws(Failure) {
        guard let token = RefreshToken(refreshToken) else { throw Failure(.invalidRefreshToken) }
        let found = try await parts.log.guarding(as: .logoutFailed) { () async throws(StoreError) in
            try await parts.store.family(token.family)
        }
        guard let family = found, family.isGenuine(token, key: parts.refreshKey) else {
            throw Failure(.invalidRefreshToken)
        }
        guard family.user.description == user else { throw Failure(.unauthorized) }
        try await end(family.id)
    }

    private func end(_ family: FamilyID) async throws(Failure) {
        let ended = try await parts.log.guarding(as: .logoutFailed) { () async throws(StoreError) in
            try await parts.store.end(family, recording: .loggedOut, at: parts.clock.now)
        }
        learn(ended: [family])
        if let ended { refuse([ended]) }
    }
}
