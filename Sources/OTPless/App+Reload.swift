extension App {
    /// Learns what another process has changed in the store: which logins have ended since a time, and
    /// that users may have changed.
    ///
    /// Of what it deleted, no row tells: a token without a user is refused as soon as the store is asked.
    public func learnForeignChanges(since time: Timestamp) async throws(StoreError) {
        try await tokens.learnEndedLogins(since: time)
        users.forgetCached()
    }
}

extension Tokens {
    fileprivate func learnEndedLogins(since time: Timestamp) async throws(StoreError) {
        refuse(try await parts.store.families(endedSince: time))
    }
}
