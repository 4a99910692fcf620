import CSQLite

extension Rows {
    static func insert(_ user: User, into db: SQLiteConnection) throws(SQLiteError) {
        try db.run(
            "INSERT INTO users (id, phone, name, created_at) VALUES (?, ?, ?, ?)",
            user.id, user.phone, user.name, user.createdAt)
    }

    static func user(_ id: UserID, in db: SQLiteConnection) throws(SQLiteError) -> User? {
        try db.first(
            """
            SELECT id, coalesce(phone, former_phone), name, created_at FROM users WHERE id = ?
            """, id, decode: user)
    }

    /// The user that a number belongs to, under whatever spelling it was proved.
    static func user(
        phone: PhoneNumber, in db: SQLiteConnection
    ) throws(SQLiteError) -> User? {
        for variant in phone.variants {
            let found = try db.first(
                "SELECT id, phone, name, created_at FROM users WHERE phone = ?", variant,
                decode: user)
            if let found { return found }
        }
        return nil
    }

    private static func user(_ row: SQLiteRow) throws(SQLiteError) -> User {
        User(
            id: try row.id(0), phone: try row.phone(1), name: row.text(2), createdAt: row.time(3))
    }

    /// Parts a user from the number: whoever proves it next is somebody else.
    static func detach(_ user: UserID, in db: SQLiteConnection) throws(SQLiteError) {
        try db.run(
            "UPDATE users SET former_phone = phone, phone = NULL WHERE id = ? AND phone IS NOT NULL",
            user)
    }

    // MARK: User ids of the provider

    /// For how long a user id is remembered after it was seen.
    static let userIDMemory = Duration.seconds(90 * 86_400)

    /// How often it is noted that it was seen.
    private static let noteInterval = Duration.seconds(86_400)

    /// The `wa_id` of a provider's user id, where it is known.
    static func waID(
        ofUser id: String, at now: Timestamp, in db: SQLiteConnection
    ) throws(SQLiteError) -> String? {
        try db.first(
            "SELECT phone FROM user_ids WHERE id = ? AND phone <> '' AND seen_at > ?", id,
            now - userIDMemory
        ) { $0.text(0) } ?? nil
    }

    /// Notes whose user id it is, by what the provider says of a time; what is older than what is known
    /// tells nothing.
    static func note(
        userID id: String, of waID: String, at time: Timestamp, in db: SQLiteConnection
    ) throws(SQLiteError) {
        // Mostly known: a read is cheaper than a write.
        let isKnown = try db.first(
            "SELECT 1 FROM user_ids WHERE id = ? AND phone = ? AND seen_at > ?", id, waID,
            time - noteInterval
        ) { _ in true }
        guard isKnown == nil, try !hasChangedHands(waID, since: time, in: db) else { return }
        try db.run(
            """
            INSERT INTO user_ids (id, phone, seen_at) VALUES (?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET phone = excluded.phone, seen_at = excluded.seen_at
                WHERE seen_at < excluded.seen_at
            """, id, waID, time)
    }

    /// From that time on a user id is nobody's; that is remembered, for older messages come again.
    static func part(
        userID id: String, at time: Timestamp, in db: SQLiteConnection
    ) throws(SQLiteError) {
        try db.run(
            """
            INSERT INTO user_ids (id, phone, seen_at) VALUES (?, '', ?)
            ON CONFLICT (id) DO UPDATE SET
                phone = '', seen_at = max(seen_at, excluded.seen_at)
            """, id, time)
    }

    /// From that time on the user ids of a number are nobody's.
    static func partUserIDs(
        of waID: String, at time: Timestamp, in db: SQLiteConnection
    ) throws(SQLiteError) {
        try db.run(
            "UPDATE user_ids SET phone = '', seen_at = max(seen_at, ?) WHERE phone = ?", time, waID)
    }

    static func forgetUserIDs(of waID: String, in db: SQLiteConnection) throws(SQLiteError) {
        try db.run("DELETE FROM user_ids WHERE phone = ?", waID)
    }
}
