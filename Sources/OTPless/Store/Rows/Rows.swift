/// How values become rows and rows become values: the one place that knows the columns.
enum Rows {
    // MARK: Logins

    static func insert(_ login: Login, into db: Transaction) async throws(StoreError) {
        try await db.run(
            """
            INSERT INTO logins (
                id, session_digest, answer_digest, phone, created_at, expires_at, name, user_agent,
                ip, device_type, notification_device_id, locale, state, delivery, code_challenge,
                code_digest, match_number, is_new_user)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 0)
            """,
            login.id, login.sessionDigest, login.answerDigest, login.phone, login.createdAt,
            login.expiresAt, login.name, login.device.userAgent, login.device.ip, login.device.type,
            login.device.notificationDeviceID, login.device.locale, login.state.rawValue,
            login.delivery.rawValue, login.codeChallenge?.text, login.codeDigest,
            login.matchNumber?.value)
    }

    /// Writes the columns that change in a login's life.
    static func update(_ login: Login, in db: Transaction) async throws(StoreError) {
        try await db.run(
            """
            UPDATE logins SET answer_digest = $1, message = $2, state = $3, delivery = $4, wa_id = $5,
                ended_at = $6, "user" = $7, is_new_user = $8, family = $9, handovers = $10,
                acknowledged_at = $11, phone = $12, code_sent_at = $13, hidden_sender = $14
            WHERE id = $15
            """,
            login.answerDigest, login.message.rawValue, login.state.rawValue,
            login.delivery.rawValue, login.waID, login.endedAt, login.user, login.isNewUser,
            login.family, login.handovers, login.acknowledgedAt, login.phone, login.codeSentAt,
            login.hiddenSender, login.id)
    }

    static func login(_ id: LoginID, in db: Transaction) async throws(StoreError) -> Login? {
        try await db.first(login(id), locking: true)
    }

    static func login(_ id: LoginID) -> Query<Login> {
        Query(
            """
            SELECT session_digest, answer_digest, phone, created_at, expires_at, name, user_agent, ip,
                device_type, notification_device_id, locale, state, delivery, wa_id, ended_at, "user",
                is_new_user, family, acknowledged_at, code_challenge, message, handovers, code_digest,
                match_number, code_sent_at, hidden_sender, node
            FROM logins WHERE id = $1
            """, id
        ) { row throws(StoreError) in try login(id, row) }
    }

    private static func login(_ id: LoginID, _ row: StoredRow) throws(StoreError) -> Login {
        guard let state = Login.State(rawValue: Int(row.integer(11))),
            let delivery = Login.Delivery(rawValue: Int(row.integer(12))),
            let message = Login.MessageKind(rawValue: Int(row.integer(20)))
        else { throw StoreError.corrupt }
        let challenge = row.text(19).map { CodeChallenge($0) }
        // Without its challenge anybody could collect the tokens.
        if let challenge, challenge == nil { throw StoreError.corrupt }
        var login = Login(
            id: id, sessionDigest: Digest(stored: row.blob(0)),
            answerDigest: Digest(stored: row.blob(1)),
            codeChallenge: challenge ?? nil, phone: try row.optionalPhone(2),
            codeDigest: row.optionalBlob(22),
            matchNumber: MatchNumber(rawValue: Int(row.integer(23))), createdAt: row.time(3),
            expiresAt: row.time(4), name: row.text(5))
        login.device.userAgent = row.text(6)
        login.device.ip = row.text(7)
        login.device.type = row.text(8)
        login.device.notificationDeviceID = row.text(9)
        login.device.locale = row.text(10)
        login.state = state
        login.delivery = delivery
        login.message = message
        login.waID = row.text(13)
        login.endedAt = row.optionalTime(14)
        login.user = row.optionalID(15, User.self)
        login.isNewUser = row.integer(16) != 0
        login.family = row.optionalID(17, RefreshFamily.self)
        login.acknowledgedAt = row.optionalTime(18)
        login.handovers = Int(row.integer(21))
        login.codeSentAt = row.optionalTime(24)
        login.hiddenSender = row.text(25)
        login.node = row.optionalID(26, Node.self)
        return login
    }

    /// The pending logins whose page shows this code; expired ones among them.
    static func login(
        codeDigest: [UInt8], in db: Transaction
    ) async throws(StoreError) -> Login? {
        let id: LoginID? = try await db.first(
            "SELECT id FROM logins WHERE code_digest = $1 AND state = 0 ORDER BY id DESC LIMIT 1",
            codeDigest
        ) { row throws(StoreError) in try row.id(0) }
        guard let id else { return nil }
        return try await login(id, in: db)
    }

    /// What a message that we sent asked about.
    static func sentMessage(
        _ id: String, in db: Transaction
    ) async throws(StoreError) -> MessageReference? {
        try await db.first("SELECT login, kind FROM sent_messages WHERE id = $1", id) {
            row throws(StoreError) in
            guard let kind = Login.MessageKind(rawValue: Int(row.integer(1))) else {
                throw StoreError.corrupt
            }
            return MessageReference(try row.id(0), kind)
        }
    }

    // MARK: Refresh families

    /// Adds a family, with what the list of devices shows of where it lives.
    static func insert(
        _ family: RefreshFamily, of device: Login.Device, into db: Transaction
    ) async throws(StoreError) {
        try await db.run(
            """
            INSERT INTO families (
                id, "user", login, generation, digest, rotations, created_at, last_used_at, ended_at,
                device_type, user_agent, ip, notification_device_id)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            """,
            family.id, family.user, family.login, Int(family.generation), family.digest,
            text(family.rotations), family.createdAt, family.lastUsedAt, family.endedAt,
            device.type, device.userAgent, device.ip, device.notificationDeviceID)
    }

    static func update(_ family: RefreshFamily, in db: Transaction) async throws(StoreError) {
        try await db.run(
            """
            UPDATE families SET generation = $1, digest = $2, rotations = $3, last_used_at = $4,
                ended_at = $5
            WHERE id = $6
            """,
            Int(family.generation), family.digest, text(family.rotations), family.lastUsedAt,
            family.endedAt, family.id)
    }

    static func family(
        _ id: FamilyID, in db: Transaction
    ) async throws(StoreError) -> RefreshFamily? {
        try await db.first(family(id), locking: true)
    }

    static func family(_ id: FamilyID) -> Query<RefreshFamily> {
        Query(
            """
            SELECT "user", login, generation, digest, rotations, created_at, last_used_at, ended_at
            FROM families WHERE id = $1
            """, id
        ) { row throws(StoreError) in
            RefreshFamily(
                id: id, user: try row.id(0), login: try row.id(1),
                generation: UInt32(clamping: row.integer(2)), digest: Digest(stored: row.blob(3)),
                rotations: times(row.text(4) ?? ""), createdAt: row.time(5),
                lastUsedAt: row.time(6), endedAt: row.optionalTime(7))
        }
    }

    /// Ends a live family; whether there was one.
    ///
    /// No earlier than it was used, though the clock says so: its tokens run from then.
    @discardableResult
    static func end(
        _ family: FamilyID, at now: Timestamp, in db: Transaction
    ) async throws(StoreError) -> Bool {
        try await db.count(
            """
            UPDATE families SET ended_at = greatest($1, last_used_at)
            WHERE id = $2 AND ended_at IS NULL
            """, now, family) == 1
    }

    static func families(
        endedSince time: Timestamp, in db: Transaction
    ) async throws(StoreError) -> [EndedFamily] {
        try await db.all("SELECT id, login FROM families WHERE ended_at >= $1", time) {
            row throws(StoreError) in EndedFamily(id: try row.id(0), login: try row.id(1))
        }
    }

    /// Whoever logs out does not want the page's session to hand out another pair.
    static func close(
        loginOf family: FamilyID, at now: Timestamp, in db: Transaction
    ) async throws(StoreError) {
        try await db.run(
            """
            UPDATE logins SET acknowledged_at = $1
            WHERE id = (SELECT login FROM families WHERE id = $2) AND family = $3
                AND acknowledged_at IS NULL
            """, now, family, family)
    }

    private static func text(_ times: [Timestamp]) -> String {
        times.map { String($0.milliseconds) }.joined(separator: " ")
    }

    private static func times(_ text: String) -> [Timestamp] {
        text.split(separator: " ").compactMap { Int64($0).map(Timestamp.init(milliseconds:)) }
    }
}
