extension SQLiteStore {
    /// The live families of a user as devices.
    public func devices(
        of user: UserID, idle: Duration, at now: Timestamp
    ) async throws(StoreError) -> [SignedInDevice] {
        try await writer.perform { db throws(SQLiteError) in
            try db.all(
                """
                SELECT id, device_type, notification_device_id, user_agent, ip, created_at,
                    last_used_at
                FROM families
                WHERE user = ? AND ended_at IS NULL AND last_used_at > ? AND created_at > ?
                ORDER BY last_used_at DESC, id DESC LIMIT 1000
                """, user, now - idle, now - RefreshFamily.lifetime
            ) { row throws(SQLiteError) in
                SignedInDevice(
                    id: try row.id(0), type: row.text(1), notificationDeviceID: row.text(2),
                    userAgent: row.text(3), ip: row.text(4), createdAt: row.time(5),
                    lastUsedAt: row.time(6))
            }
        }
    }

    /// Deletes a user and all that is kept of the person.
    ///
    /// A login that is pending for the number stays: nobody knows yet whose it is. So does a deny block
    /// that runs.
    public func delete(
        _ user: UserID, at now: Timestamp
    ) async throws(StoreError) -> [EndedFamily]? {
        try await writer.perform { db throws(SQLiteError) in
            guard let phone = try Rows.user(user, in: db)?.phone else { return nil }
            let known: [String] = try db.all(
                "SELECT DISTINCT wa_id FROM logins WHERE phone = ? AND wa_id IS NOT NULL", phone
            ) { $0.text(0) ?? "" }
            try db.run(
                """
                DELETE FROM sent_messages WHERE login IN (
                    SELECT id FROM logins WHERE phone = ? AND (state <> 0 OR expires_at <= ?))
                """, phone, now)
            try db.run(
                "DELETE FROM logins WHERE phone = ? AND (state <> 0 OR expires_at <= ?)", phone, now
            )
            let live: [EndedFamily] = try db.all(
                "SELECT id, login FROM families WHERE user = ? AND ended_at IS NULL", user
            ) { row throws(SQLiteError) in
                EndedFamily(id: try row.id(0), login: try row.id(1))
            }
            try db.run("DELETE FROM families WHERE user = ?", user)
            for spelling in Set(known + phone.variants.map(\.digits)) {
                try Rows.forget(contact: spelling, at: now, in: db)
                try Rows.forgetUserIDs(of: spelling, in: db)
            }
            try db.run("DELETE FROM users WHERE id = ?", user)
            try Rows.record(.accountDeleted, phone: phone, user: user, at: now, in: db)
            return live
        }
    }
}
