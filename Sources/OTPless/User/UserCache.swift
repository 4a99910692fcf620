import Loop

/// Users by id, so that the common request reads no database.
///
/// Runs on: any thread.
///
/// Bounded; when full it starts anew, which costs one point read for each user still active.
public final class UserCache: Sendable {
    private struct State {
        var users: [UserID: (user: User, until: Moment)] = [:]
        /// Counts changes: a row read before a change must not enter after it.
        var epoch = 0
    }

    private let state = Locked(State())
    private let capacity: Int
    private let lifetime: Duration?

    /// An empty cache for that many users, each for so long; without a lifetime, until it changes.
    public init(capacity: Int = 100_000, lifetime: Duration? = nil) {
        self.capacity = capacity
        self.lifetime = lifetime
    }

    /// A user, if cached, and the epoch to give back with a row read instead.
    public func look(up id: UserID) -> (user: User?, epoch: Int) {
        let now = lifetime == nil ? nil : Moment.now
        return state.withLock { state in
            let found = state.users[id]
            guard let now, let found, found.until <= now else { return (found?.user, state.epoch) }
            return (nil, state.epoch)
        }
    }

    /// Keeps a row that was read, unless some user has changed since.
    public func fill(_ user: User, epoch: Int) {
        let until = lifetime.map { Moment.now + $0 } ?? .never
        state.withLock { state in
            guard state.epoch == epoch else { return }
            if state.users.count >= capacity { state.users = [:] }
            state.users[user.id] = (user, until)
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
