extension SQLStore {
    /// The live families of a user as devices.
    public func devices(
        of user: UserID, idle: Duration, at now: Timestamp
    ) async throws(StoreError) -> [SignedInDevice] {
        try await perform { db async throws(StoreError) in
            try await db.all(
                """
                SELECT id, device_type, notification_device_id, user_agent, ip, created_at,
                    last_used_at
                FROM families
                WHERE "user" = $1 AND ended_at IS NULL AND last_used_at > $2 AND created_at > $3
                ORDER BY last_used_at DESC, id DESC LIMIT 1000
                """, user, now - idle, now - RefreshFamily.lifetime
            ) { row throws(StoreError) in
                SignedInDevice(
                    id: try row.id(0), type: row.text(1), notificationDeviceID: row.text(2),
                    userAgent: row.text(3), ip: row.text(4), createdAt: row.time(5),
                    lastUsedAt: row.time(6))
            }
        }
    }

    /// Deletes a user and all that is kept of the person.
    public func delete(
        _ user: UserID, at now: Timestamp
    ) async throws(StoreError) -> [EndedFamily]? {
        try await perform { db async throws(StoreError) in
            guard let account = try await Rows.account(user, in: db) else { return nil }
            return try await Rows.delete(account, at: now, in: db)
        }
    }
}
