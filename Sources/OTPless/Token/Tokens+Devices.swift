extension Tokens {
    /// The devices that a user is signed in on, the one used last first.
    public func devices(of user: UserID) async throws(Failure) -> [SignedInDevice] {
        try await parts.log.guarding { () async throws(StoreError) in
            try await parts.store.devices(
                of: user, idle: parts.refreshLifetime, at: parts.clock.now)
        }
    }

    /// Signs a user's device out.
    ///
    /// - Throws: `DEVICE_NOT_FOUND`, also for another user's device and for one that is signed out.
    public func remove(device: String, of user: UserID) async throws(Failure) {
        guard let id = FamilyID(device) else { throw Failure(.deviceNotFound) }
        let ended = try await parts.log.guarding { () async throws(StoreError) -> EndedFamily? in
            guard try await parts.store.family(id)?.user == user else { return nil }
            return try await parts.store.end(
                id, recording: .deviceRemoved, at: parts.clock.now)
        }
        guard let ended else { throw Failure(.deviceNotFound) }
        refuse([ended])
    }
}
