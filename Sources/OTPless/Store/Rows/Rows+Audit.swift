extension Rows {
    /// Adds a record; with the request that is being served, where there is one.
    static func record(
        _ event: AuditEvent, phone: PhoneNumber? = nil, user: UserID? = nil, login: LoginID? = nil,
        family: FamilyID? = nil, detail: String? = nil, at now: Timestamp, in db: Transaction
    ) async throws(StoreError) {
        try await db.run(
            """
            INSERT INTO audit (at, event, phone, "user", login, family, request, detail)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """, now, event.rawValue, phone?.masked, user, login, family, db.requestID, detail)
    }
}
