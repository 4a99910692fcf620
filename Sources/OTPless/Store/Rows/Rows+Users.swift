extension Rows {
    static func insert(_ user: User, into db: Transaction) async throws(StoreError) {
        try await db.run(
            "INSERT INTO users (id, phone, name, created_at) VALUES ($1, $2, $3, $4)",
            user.id, user.phone, user.name, user.createdAt)
    }

    static func user(_ id: UserID) -> Query<User> {
        Query(
            """
            SELECT id, coalesce(phone, former_phone), name, created_at FROM users WHERE id = $1
            """, id, decode: user)
    }

    static func user(_ id: UserID, in db: Transaction) async throws(StoreError) -> User? {
        try await db.first(user(id), locking: true)
    }

    /// The user that a number belongs to, under whatever spelling it was proved.
    static func user(
        phone: PhoneNumber, in db: Transaction
    ) async throws(StoreError) -> User? {
        for variant in phone.variants {
            let found = try await db.first(
                "SELECT id, phone, name, created_at FROM users WHERE phone = $1", variant,
                locking: true, decode: user)
            if let found { return found }
        }
        return nil
    }

    @Sendable private static func user(_ row: StoredRow) throws(StoreError) -> User {
        User(
            id: try row.id(0), phone: try row.phone(1), name: row.text(2), createdAt: row.time(3))
    }

    /// Parts a user from the number: whoever proves it next is somebody else.
    static func detach(_ user: UserID, in db: Transaction) async throws(StoreError) {
        try await db.run(
            "UPDATE users SET former_phone = phone, phone = NULL WHERE id = $1 AND phone IS NOT NULL",
            user)
    }

    // MARK: User ids of the provider

    /// For how long a user id is remembered after it was seen.
    static let userIDMemory = Duration.seconds(90 * 86_400)

    /// How often it is noted that it was seen.
    private static let noteInterval = Duration.seconds(86_400)

    /// The `wa_id` of a provider's user id, where it is known.
    static func waID(
        ofUser id: String, at now: Timestamp, in db: Transaction
    ) async throws(StoreError) -> String? {
        try await db.first(
            "SELECT phone FROM user_ids WHERE id = $1 AND phone <> '' AND seen_at > $2", id,
            now - userIDMemory
        ) { $0.text(0) } ?? nil
    }

    /// Notes whose user id it is, by what the provider says of a time; what is older than what is known
    /// tells nothing.
    static func note(
        userID id: String, of waID: String, at time: Timestamp, in db: Transaction
    ) async throws(StoreError) {
        // Mostly known: a read is cheaper than a write.
        let isKnown = try await db.first(
            "SELECT 1 FROM user_ids WHERE id = $1 AND phone = $2 AND seen_at > $3", id, waID,
            time - noteInterval
        ) { _ in true }
        guard isKnown == nil, try await !hasChangedHands(waID, since: time, in: db) else { return }
        try await db.run(
            """
            INSERT INTO user_ids (id, phone, seen_at) VALUES ($1, $2, $3)
            ON CONFLICT (id) DO UPDATE SET phone = excluded.phone, seen_at = excluded.seen_at
                WHERE user_ids.seen_at < excluded.seen_at
            """, id, waID, time)
    }

    /// From that time on a user id is nobody's; that is remembered, for older messages come again.
    static func part(
        userID id: String, at time: Timestamp, in db: Transaction
    ) async throws(StoreError) {
        try await db.run(
            """
            INSERT INTO user_ids (id, phone, seen_at) VALUES ($1, '', $2)
            ON CONFLICT (id) DO UPDATE SET
                phone = '', seen_at = greatest(user_ids.seen_at, excluded.seen_at)
            """, id, time)
    }

    /// From that time on the user ids of a number are nobody's.
    static func partUserIDs(
        of waID: String, at time: Timestamp, in db: Transaction
    ) async throws(StoreError) {
        try await db.run(
            "UPDATE user_ids SET phone = '', seen_at = greatest(seen_at, $1) WHERE phone = $2",
            time, waID)
    }

    static func forgetUserIDs(of waID: String, in db: Transaction) async throws(StoreError) {
        try await db.run("DELETE FROM user_ids WHERE phone = $1", waID)
    }
}
