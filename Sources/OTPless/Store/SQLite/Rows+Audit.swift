extension Rows {
    /// Adds a record; with the request that is being served, where there is one.
    static func record(
        _ event: AuditEvent, phone: PhoneNumber? = nil, user: UserID? = nil, login: LoginID? = nil,
        family: FamilyID? = nil, detail: String? = nil, at now: Timestamp, in db: SQLiteConnection
    ) throws(SQLiteError) {
        try db.run(
            """
            INSERT INTO audit (at, event, phone, user, login, family, request, detail)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """, now, event.rawValue, phone?.masked, user, login, family, db.requestID, detail)
    }
}
