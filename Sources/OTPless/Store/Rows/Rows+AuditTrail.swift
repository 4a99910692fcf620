extension Rows {
    /// Where a reader of the trail has got to.
    struct AuditPlace {
        var at: Timestamp
        var id: Int
    }

    /// The records behind a place, oldest first, a batch of them.
    static func records(
        behind place: AuditPlace, in db: Transaction
    ) async throws(StoreError) -> [AuditRecord] {
        try await db.all(
            """
            SELECT id, at, event, phone, "user", login, family, request, detail FROM audit
            WHERE (at, id) > ($1, $2) ORDER BY at, id LIMIT 500
            """, place.at, place.id, decode: record)
    }

    /// The records of an account.
    ///
    /// No index: only an operator asks, on a connection of its own.
    static func records(
        of user: UserID, in db: Transaction
    ) async throws(StoreError) -> [AuditRecord] {
        try await db.all(
            """
            SELECT id, at, event, phone, "user", login, family, request, detail FROM audit
            WHERE "user" = $1 ORDER BY id
            """, user, decode: record)
    }

    private static func record(_ row: StoredRow) throws(StoreError) -> AuditRecord {
        AuditRecord(
            id: Int(row.integer(0)), at: row.time(1), event: row.text(2) ?? "", phone: row.text(3),
            user: row.optionalID(4, User.self), login: row.optionalID(5, Login.self),
            family: row.optionalID(6, RefreshFamily.self), request: row.text(7),
            detail: row.text(8))
    }
}
