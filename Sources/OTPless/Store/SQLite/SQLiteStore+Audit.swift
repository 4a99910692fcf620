extension SQLiteStore {
    /// Records what comes with no other operation; of a login, also whose it is.
    public func record(
        _ event: AuditEvent, login: LoginID?, detail: String?, at now: Timestamp
    ) async throws(StoreError) {
        try await writer.perform { db throws(SQLiteError) in
            let known = try login.flatMap { id throws(SQLiteError) in try Rows.login(id, in: db) }
            try Rows.record(
                event, phone: known?.phone, user: known?.user, login: login, detail: detail,
                at: now, in: db)
        }
    }

    /// Forgets a small batch of old records, and of user ids not seen for long.
    public func sweepRecords(
        olderThan retention: Duration, at now: Timestamp
    ) async throws(StoreError) -> Int {
        try await writer.perform { db throws(SQLiteError) in
            try db.run(
                """
                DELETE FROM audit WHERE id IN (
                    SELECT id FROM audit WHERE at < ? ORDER BY at LIMIT 500)
                """, now - retention)
            let count = db.changes
            try db.run(
                """
                DELETE FROM user_ids WHERE id IN (
                    SELECT id FROM user_ids WHERE seen_at < ? LIMIT 500)
                """, now - Rows.userIDMemory)
            return count + db.changes
        }
    }
}
