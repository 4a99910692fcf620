/// What is pending for a phone or a person, expired logins among them.
///
/// Everything here is bounded by when a login was started: none lives longer than ten minutes, but a
/// day's rows are kept.
extension Rows {
    /// How long a login is pending at most, and a minute for clocks.
    private static let longestLife = Duration.seconds(660)

    /// How many logins are read that nobody has asked the phone about: anybody may start such links.
    private static let mostUnasked = 100

    /// The logins that the phone has been asked about, or whose code it has sent: those that it might
    /// mean without naming one.
    static func askedLogins(
        of sender: String, at now: Timestamp, in db: Transaction
    ) async throws(StoreError) -> [Login] {
        let oldest = LoginID.first(at: now - longestLife)
        return try await logins(of: sender, in: db) { spelling async throws(StoreError) in
            try await db.all(
                """
                SELECT id FROM logins
                WHERE phone = $1 AND id > $2 AND state = 0
                    AND (code_digest IS NULL OR code_sent_at IS NOT NULL)
                UNION SELECT id FROM logins WHERE wa_id = $1 AND id > $2 AND state = 0
                """, spelling, oldest
            ) { row throws(StoreError) in try row.id(0) }
        }
    }

    /// All that is pending for a phone; of links that only name it the newest.
    static func pendingLogins(
        of sender: String, at now: Timestamp, in db: Transaction
    ) async throws(StoreError) -> [Login] {
        let oldest = LoginID.first(at: now - longestLife)
        let newest = try await logins(of: sender, in: db) { spelling async throws(StoreError) in
            try await db.all(
                """
                SELECT id FROM logins WHERE phone = $1 AND id > $2 AND state = 0
                ORDER BY id DESC LIMIT $3
                """, spelling, oldest, mostUnasked
            ) { row throws(StoreError) in try row.id(0) }
        }
        let known = Set(newest.map(\.id))
        let asked = try await askedLogins(of: sender, at: now, in: db)
        return newest + asked.filter { !known.contains($0.id) }
    }

    /// The logins that wait for a person's number.
    static func logins(
        hiddenSender: String, at now: Timestamp, in db: Transaction
    ) async throws(StoreError) -> [Login] {
        let ids: [LoginID] = try await db.all(
            """
            SELECT id FROM logins WHERE hidden_sender = $1 AND id > $2 AND state = 0
            ORDER BY id DESC LIMIT $3
            """, hiddenSender, LoginID.first(at: now - longestLife), mostUnasked
        ) { row throws(StoreError) in try row.id(0) }
        return try await logins(ids, in: db).filter { $0.standing(at: now) == .pending }
    }

    /// Ends what is pending for a phone whose holder is not the one that was asked.
    static func cancelPending(
        of waID: String, at now: Timestamp, in db: Transaction
    ) async throws(StoreError) -> [Login] {
        var ended: [Login] = []
        for var login in try await pendingLogins(of: waID, at: now, in: db)
        where login.end(as: .cancelled, at: now) {
            try await update(login, in: db)
            try await record(.loginCancelled, phone: login.phone, login: login.id, at: now, in: db)
            ended.append(login)
        }
        return ended
    }

    private static func logins(
        of sender: String, in db: Transaction,
        _ ids: (String) async throws(StoreError) -> [LoginID]
    ) async throws(StoreError) -> [Login] {
        var all: Set<LoginID> = []
        for spelling in PhoneNumber(waID: sender)?.variants.map(\.digits) ?? [sender] {
            all.formUnion(try await ids(spelling))
        }
        return try await logins(all.sorted(), in: db).filter { $0.isFor(sender: sender) }
    }

    private static func logins(
        _ ids: [LoginID], in db: Transaction
    ) async throws(StoreError) -> [Login] {
        try await db.first(ids.map { login($0) }, locking: true)
    }
}
