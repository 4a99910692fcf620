extension SQLStore {
    /// Records what comes with no other operation; of a login, also whose it is.
    public func record(
        _ event: AuditEvent, login: LoginID?, detail: String?, at now: Timestamp
    ) async throws(StoreError) {
        try await perform { db async throws(StoreError) in
            var known: Login?
            if let login { known = try await Rows.login(login, in: db) }
            try await Rows.record(
                event, phone: known?.phone, user: known?.user, login: login, detail: detail,
                at: now, in: db)
        }
    }

    /// Forgets a small batch of old records, and of user ids not seen for long.
    public func sweepRecords(
        olderThan retention: Duration, at now: Timestamp
    ) async throws(StoreError) -> Int {
        try await perform { db async throws(StoreError) in
            let count = try await db.count(
                """
                DELETE FROM audit WHERE id IN (
                    SELECT id FROM audit WHERE at < $1 ORDER BY at LIMIT 500)
                """, now - retention)
            return try await count
                + db.count(
                    """
                    DELETE FROM user_ids WHERE id IN (
                        SELECT id FROM user_ids WHERE seen_at < $1 LIMIT 500)
                    """, now - Rows.userIDMemory)
        }
    }
}
