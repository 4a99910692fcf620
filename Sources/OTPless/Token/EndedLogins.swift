import Loop

/// The logins whose access tokens are refused although they have not run out.
///
/// Holds an entry only as long as a token of that login can be valid, so its size is bounded by how
/// many logins end within one token lifetime. Runs on: any thread.
public final class EndedLogins: Sendable {
    private struct State {
        var until: [FamilyID: Timestamp] = [:]
        var nextSweep = 1024
    }

    private let state = Locked(State())
    private let lifetime: Duration

    /// An empty list for tokens of that lifetime.
    public init(tokenLifetime: Duration) {
        lifetime = tokenLifetime
    }

    /// Refuses a login's tokens from now on.
    public func add(_ families: some Sequence<FamilyID>, at now: Timestamp) {
        state.withLock { state in
            for family in families { state.until[family] = now + lifetime }
            guard state.until.count > state.nextSweep else { return }
            state.until = state.until.filter { now < $0.value }
            state.nextSweep = max(1024, state.until.count * 2)
        }
    }

    /// Whether a login's tokens are refused.
    public func contains(_ family: FamilyID) -> Bool {
        state.withLock { $0.until[family] != nil }
    }
}
