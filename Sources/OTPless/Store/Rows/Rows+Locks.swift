extension Rows {
    /// Keeps other transactions from deciding about the same phones, people and networks until this one
    /// ends; always in the same order, so that two never wait for each other.
    ///
    /// What an operation decides may rest on rows that are not there: no prompt yet, nothing pending. A
    /// row that stands for the subject can be locked all the same. SQLite has one writer and needs none.
    static func lock(
        _ subjects: [LimitSubject], at now: Timestamp, in db: Transaction
    ) async throws(StoreError) {
        guard db.isShared else { return }
        for subject in Set(subjects).sorted() {
            // It locks a row that is there although it changes nothing; DO NOTHING would not.
            try await db.run(
                """
                INSERT INTO limits (subject, times, is_told, expires_at) VALUES ($1, $2, 1, $3)
                ON CONFLICT (subject) DO UPDATE SET subject = excluded.subject WHERE false
                """, subject, [UInt8](), now + lockMemory)
        }
    }

    /// Locks the login that a family is the last one of, as long as its page may ask for another.
    ///
    /// Who changes both locks the login first, so that two never wait for each other.
    static func lock(loginOf family: FamilyID, in db: Transaction) async throws(StoreError) {
        guard db.isShared else { return }
        try await db.run(
            """
            SELECT 1 FROM logins
            WHERE id = (SELECT login FROM families WHERE id = $1) AND family = $1
                AND acknowledged_at IS NULL
            FOR UPDATE
            """, family)
    }

    /// The same for all live families of a user.
    static func lock(loginsOf user: UserID, in db: Transaction) async throws(StoreError) {
        guard db.isShared else { return }
        try await db.run(
            """
            SELECT 1 FROM logins
            WHERE id IN (SELECT login FROM families WHERE "user" = $1 AND ended_at IS NULL)
                AND acknowledged_at IS NULL
            ORDER BY id FOR UPDATE
            """, user)
    }

    /// How long such a row stays: most phones that are asked once are asked again soon, or not at all.
    private static let lockMemory = Duration.seconds(3600)
}
