extension Rows {
    /// What is known of a number under any of its spellings.
    static func contact(
        _ phone: PhoneNumber, in db: Transaction
    ) async throws(StoreError) -> Contact {
        let queries = phone.variants.map { variant in
            Query(
                """
                SELECT last_inbound_at, blocked_until, failed_matches, locked_at
                FROM contacts WHERE phone = $1
                """, variant
            ) { row throws(StoreError) in
                Contact(
                    lastInboundAt: row.optionalTime(0), blockedUntil: row.optionalTime(1),
                    failedMatches: Int(row.integer(2)), lockedAt: row.optionalTime(3))
            }
        }
        return try await db.first(queries, locking: false).reduce(into: Contact()) { $0.merge($1) }
    }

    /// Forgets a number, but for what keeps prompts from it: a thief with a token must not lift that.
    static func forget(
        contact phone: String, at now: Timestamp, in db: Transaction
    ) async throws(StoreError) {
        try await db.run(
            """
            UPDATE contacts SET last_inbound_at = NULL, identity_hash = NULL, identity_at = NULL
            WHERE phone = $1
            """, phone)
        try await db.run(
            """
            DELETE FROM contacts
            WHERE phone = $1 AND coalesce(blocked_until, 0) <= $2 AND locked_at IS NULL
                AND failed_matches = 0 AND changed_at IS NULL
            """, phone, now)
    }

    /// Notes that somebody with that number wrote; messages come out of order.
    static func noteInbound(
        from phone: PhoneNumber, at time: Timestamp, in db: Transaction
    ) async throws(StoreError) {
        try await db.run(
            """
            INSERT INTO contacts (phone, last_inbound_at, expires_at) VALUES ($1, $2, $3)
            ON CONFLICT (phone) DO UPDATE SET
                last_inbound_at = greatest(coalesce(contacts.last_inbound_at, 0), excluded.last_inbound_at),
                expires_at = greatest(contacts.expires_at, excluded.expires_at)
            """, phone, time, time + Contact.window)
    }

    static func block(
        _ phone: PhoneNumber, until time: Timestamp, in db: Transaction
    ) async throws(StoreError) {
        try await db.run(
            """
            INSERT INTO contacts (phone, blocked_until, expires_at) VALUES ($1, $2, $3)
            ON CONFLICT (phone) DO UPDATE SET
                blocked_until = greatest(coalesce(contacts.blocked_until, 0), excluded.blocked_until),
                expires_at = greatest(contacts.expires_at, excluded.expires_at)
            """, phone, time, time)
    }

    /// Notes what the provider says of who holds a number; true when that is somebody else than before.
    static func note(
        identity hash: String, of waID: String, at time: Timestamp, in db: Transaction
    ) async throws(StoreError) -> Bool {
        let known = try await db.first(
            "SELECT identity_hash, identity_at FROM contacts WHERE phone = $1", waID
        ) { row in (hash: row.text(0), at: row.optionalTime(1)) }
        // Messages come out of order: an older one tells nothing new.
        if let at = known?.at, time < at { return false }
        if known?.hash == hash, let at = known?.at, time < at + identityInterval { return false }
        try await db.run(
            """
            INSERT INTO contacts (phone, identity_hash, identity_at, expires_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (phone) DO UPDATE SET
                identity_hash = excluded.identity_hash, identity_at = excluded.identity_at,
                expires_at = greatest(contacts.expires_at, excluded.expires_at)
            """, waID, hash, time, time + Contact.memory)
        return known?.hash.map { $0 != hash } ?? false
    }

    /// How often it is noted that nothing has changed.
    private static let identityInterval = Duration.seconds(86_400)

    /// The phone sent a number that no page shows; returns how many times in a row it has.
    static func noteWrongNumber(
        of waID: PhoneNumber, at now: Timestamp, in db: Transaction
    ) async throws(StoreError) -> Int {
        try await db.first(
            """
            INSERT INTO contacts (phone, failed_matches, expires_at) VALUES ($1, 1, $2)
            ON CONFLICT (phone) DO UPDATE SET
                failed_matches = contacts.failed_matches + 1,
                expires_at = greatest(contacts.expires_at, excluded.expires_at)
            RETURNING contacts.failed_matches
            """, waID, now + Contact.memory
        ) { Int($0.integer(0)) } ?? 0
    }

    static func noteRightNumber(
        of phone: PhoneNumber, in db: Transaction
    ) async throws(StoreError) {
        for variant in phone.variants {
            try await db.run(
                "UPDATE contacts SET failed_matches = 0 WHERE phone = $1 AND failed_matches > 0",
                variant)
        }
    }

    /// Keeps prompts from a number until the operator lifts it; false when they are already kept.
    static func lock(
        _ phone: PhoneNumber, at now: Timestamp, in db: Transaction
    ) async throws(StoreError) -> Bool {
        try await db.count(
            """
            INSERT INTO contacts (phone, locked_at, expires_at) VALUES ($1, $2, $3)
            ON CONFLICT (phone) DO UPDATE SET locked_at = excluded.locked_at
                WHERE contacts.locked_at IS NULL
            """, phone, now, now + Contact.memory) == 1
    }

    /// The number has another holder from that time on.
    static func noteChange(
        of waID: PhoneNumber, at time: Timestamp, in db: Transaction
    ) async throws(StoreError) {
        try await db.run(
            """
            INSERT INTO contacts (phone, changed_at, expires_at) VALUES ($1, $2, $3)
            ON CONFLICT (phone) DO UPDATE SET
                changed_at = greatest(coalesce(contacts.changed_at, 0), excluded.changed_at),
                expires_at = greatest(contacts.expires_at, excluded.expires_at)
            """, waID, time, time + Contact.memory)
    }

    /// Whether what is told of a time is about a holder that a number had before.
    static func hasChangedHands(
        _ waID: String, since time: Timestamp, in db: Transaction
    ) async throws(StoreError) -> Bool {
        try await db.first(
            "SELECT 1 FROM contacts WHERE phone = $1 AND changed_at >= $2", waID, time
        ) { _ in true } ?? false
    }
}
