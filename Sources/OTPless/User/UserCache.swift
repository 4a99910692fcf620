import Loop

/// Users by id, so that the common request reads no database.
///
/// Runs on: any thread.
///
/// Bounded; when full it starts anew, which costs one point read for each user still active.
public final class UserCache: Sendable {
    private struct State {
        var users: [UserID: User] = [:]
        /// Counts changes: a row read before a change must not enter after it.
        var epoch = 0
    }

    private let state = Locked(State())
    private let capacity: Int

    /// An empty cache for that many users.
    public init(capacity: Int = 100_000) {
        self.capacity = capacity
    }

    /// A user, if cached, and the epoch to give back with a row read instead.
    public func look(up id: UserID) -> (user: User?, epoch: Int) {
        state.withLock { ($0.users[id], $0.epoch) }
    }

    /// Keeps a row that was read, unless some user has changed since.
    public func fill(_ user: User, epoch: Int) {
        state.withLock { state in
            guard state.epoch == epoch else { return }
            if state.users.count >= capacity { state.users = [:] }
            state.users[user.id] = user
        }
    }

    /// Forgets a user that has changed: two changes may be told in another order than committed, so
    /// only the store knows the last one.
    public func changed(_ user: UserID) {
        state.withLock { state in
            state.epoch += 1
            state.users[user] = nil
        }
    }

    /// Forgets all users: nobody knows which of them another process has changed.
    func forgetAll() {
        state.withLock { state in
            state.epoch += 1
            state.users = [:]
        }
    }
}
