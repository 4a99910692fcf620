extension Rows {
    static func contact(
        _ phone: PhoneNumber, in db: SQLiteConnection
    ) throws(SQLiteError) -> Contact? {
        try db.first(
            "SELECT last_inbound_at, blocked_until FROM contacts WHERE phone = ?", phone
        ) { row throws(SQLiteError) in
            Contact(lastInboundAt: row.optionalTime(0), blockedUntil: row.optionalTime(1))
        }
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
