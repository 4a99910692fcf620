extension App {
    /// Learns what another process has changed in the store: which logins have ended since a time, and
    /// that users may have changed.
    ///
    /// Of what it deleted, no row tells: a token without a user is refused as soon as the store is asked.
    public func learnForeignChanges(since time: Timestamp) async throws(StoreError) {
        tokens.learn(ended: try await store.families(endedSince: time).map(\.id))
        users.forgetCached()
    }

    /// Learns what another node has said.
    public func heard(_ hint: Hint) {
        switch hint {
        case .login(let id): events.hear(LoginEvent(id))
        case .ended(let family):
            tokens.learn(ended: [family.id])
            events.hear(LoginEvent(family.login))
        case .replaced(let family): tokens.learn(ended: [family])
        case .user(let id): users.heard(of: id)
        }
    }
}
