extension Rows {
    /// What is known of a number under any of its spellings.
    static func contact(
        _ phone: PhoneNumber, in db: SQLiteConnection
    ) throws(SQLiteError) -> Contact {
        var contact = Contact()
        for variant in phone.variants {
            let found = try db.first(
                "SELECT last_inbound_at, blocked_until FROM contacts WHERE phone = ?", variant
            ) { row throws(SQLiteError) in
                Contact(lastInboundAt: row.optionalTime(0), blockedUntil: row.optionalTime(1))
            }
            if let found { contact.merge(found) }
        }
        return contact
    }

    /// Forgets a number, but for a block that runs: a thief with a token must not lift it.
    static func forget(
        contact phone: String, at now: Timestamp, in db: SQLiteConnection
    ) throws(SQLiteError) {
        try db.run("UPDATE contacts SET last_inbound_at = NULL WHERE phone = ?", phone)
        try db.run(
            "DELETE FROM contacts WHERE phone = ? AND coalesce(blocked_until, 0) <= ?", phone, now)
    }

    /// Notes that somebody with that number wrote; messages come out of order.
    static func noteInbound(
        from phone: PhoneNumber, at time: Timestamp, in db: SQLiteConnection
    ) throws(SQLiteError) {
        try db.run(
            """
            INSERT INTO contacts (phone, last_inbound_at, expires_at) VALUES (?, ?, ?)
            ON CONFLICT (phone) DO UPDATE SET
                last_inbound_at = max(coalesce(last_inbound_at, 0), excluded.last_inbound_at),
                expires_at = max(expires_at, excluded.expires_at)
            """, phone, time, time + Contact.window)
    }

    static func block(
        _ phone: PhoneNumber, until time: Timestamp, in db: SQLiteConnection
    ) throws(SQLiteError) {
        try db.run(
            """
            INSERT INTO contacts (phone, blocked_until, expires_at) VALUES (?, ?, ?)
            ON CONFLICT (phone) DO UPDATE SET
                blocked_until = max(coalesce(blocked_until, 0), excluded.blocked_until),
                expires_at = max(expires_at, excluded.expires_at)
            """, phone, time, time)
    }
}
