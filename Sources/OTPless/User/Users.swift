/// What a user may see and change of the own account.
public struct Users: Sendable {
    private let store: any Store
    private let cache: UserCache
    private let events: LoginEvents
    private let log: Log

    /// Users of a store.
    public init(
        store: any Store, cache: UserCache = UserCache(), events: LoginEvents, log: Log
    ) {
        self.store = store
        self.cache = cache
        self.events = events
        self.log = log
    }

    /// A user that is at hand without asking the store.
    public func cached(_ id: UserID) -> User? { cache.look(up: id).user }

    /// Asks the store for every user once more.
    func forgetCached() { cache.forgetAll() }

    /// The user of a token.
    ///
    /// - Throws: `USER_NOT_FOUND`; `SERVICE_UNAVAILABLE` when the store is down.
    public func find(_ id: UserID) async throws(Failure) -> User {
        let (cached, epoch) = cache.look(up: id)
        if let cached { return cached }
        let found = try await log.guarding { () async throws(StoreError) in try await store.user(id)
        }
        guard let user = found else { throw Failure(.userNotFound) }
        cache.fill(user, epoch: epoch)
        return user
    }

    /// Changes a user's name.
    ///
    /// - Throws: `USER_NOT_FOUND`; `UPDATE_FAILED` when the store is down.
    public func rename(_ id: UserID, to name: String) async throws(Failure) -> User {
        let changed = try await log.guarding(as: .updateFailed) { () async throws(StoreError) in
            try await store.rename(id, to: name)
        }
        guard let user = changed else { throw Failure(.userNotFound) }
        forget(id)
        return user
    }

    /// Deletes a user's account, logins and personal data.
    ///
    /// - Throws: `USER_NOT_FOUND`; `SERVICE_UNAVAILABLE` when the store is down.
    public func delete(_ id: UserID, at now: Timestamp) async throws(Failure) {
        let deleted = try await log.guarding { () async throws(StoreError) in
            try await store.delete(id, at: now)
        }
        forget(id)
        guard let deleted else { throw Failure(.userNotFound) }
        for family in deleted { events.announce(family.login) }
    }

    private func forget(_ id: UserID) {
        cache.changed(id)
        events.tellOthers(.user(id))
    }

    /// Another node has changed a user.
    func heard(of id: UserID) { cache.changed(id) }
}
