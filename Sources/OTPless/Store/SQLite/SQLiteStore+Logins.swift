extension SQLiteStore {
    /// Adds a new login.
    public func insert(_ login: Login) async throws(StoreError) {
        try await writer.perform { db throws(SQLiteError) in try Rows.insert(login, into: db) }
    }

    /// Reads a login.
    public func login(_ id: LoginID) async throws(StoreError) -> Login? {
        try await read { db throws(SQLiteError) in try Rows.login(id, in: db) }
    }

    /// Notes which message was sent for a login, and to whose phone.
    public func recordSend(
        _ id: LoginID, messageID: String, waID: String?
    ) async throws(StoreError) {
        try await writer.perform { db throws(SQLiteError) in
            try db.run(
                "INSERT OR IGNORE INTO sent_messages (id, login) VALUES (?, ?)", messageID, id)
            // A status report may have come first, and then the message has come further.
            try db.run(
                "UPDATE logins SET delivery = max(delivery, ?), wa_id = ? WHERE id = ?",
                Login.Delivery.sent.rawValue, waID, id)
        }
    }

    /// Changes a login by a rule.
    public func change(
        _ id: LoginID, by rule: @escaping @Sendable (inout Login) -> Bool
    ) async throws(StoreError) -> Login? {
        try await writer.perform { db throws(SQLiteError) in
            guard var login = try Rows.login(id, in: db) else { return nil }
            if rule(&login) { try Rows.update(login, in: db) }
            return login
        }
    }

    /// Applies answers.
    public func apply(
        _ answers: [Answer], newUsers: [UserID], at now: Timestamp
    ) async throws(StoreError) -> [AnswerResult] {
        try await writer.perform { db throws(SQLiteError) in
            var results: [AnswerResult] = []
            for (answer, newUser) in zip(answers, newUsers) {
                results.append(try Self.apply(answer, newUser: newUser, at: now, in: db))
            }
            return results
        }
    }

    private static func apply(
        _ answer: Answer, newUser: UserID, at now: Timestamp, in db: SQLiteConnection
    ) throws(SQLiteError) -> AnswerResult {
        guard try isFirst(answer.messageID, at: now, in: db),
            try !quotesAnotherLogin(answer, in: db),
            var login = try Rows.login(answer.payload.login, in: db),
            login.apply(answer, at: now)
        else { return AnswerResult(changed: nil, ended: nil) }
        if login.state == .confirmed {
            let known = try Rows.user(phone: login.phone, in: db)
            let user =
                known ?? User(id: newUser, phone: login.phone, name: login.name, createdAt: now)
            if known == nil { try Rows.insert(user, into: db) }
            login.user = user.id
            login.isNewUser = known == nil
        }
        let ended = login.state == .denied ? login.family : nil
        if let ended { try Rows.end(ended, at: now, in: db) }
        try Rows.update(login, in: db)
        return AnswerResult(changed: login.id, ended: ended)
    }

    private static func isFirst(
        _ messageID: String, at now: Timestamp, in db: SQLiteConnection
    ) throws(SQLiteError) -> Bool {
        try db.run(
            "INSERT OR IGNORE INTO received_messages (id, received_at) VALUES (?, ?)", messageID,
            now)
        return db.changes == 1
    }

    /// A tap that quotes a message of another login is not an answer to this one; a message not
    /// known yet is one whose send has not been noted.
    private static func quotesAnotherLogin(
        _ answer: Answer, in db: SQLiteConnection
    ) throws(SQLiteError) -> Bool {
        guard let quoted = answer.quotedMessageID else { return false }
        let login = try Rows.login(ofMessage: quoted, in: db)
        return login != nil && login != answer.payload.login
    }

    /// Applies delivery reports.
    public func apply(
        _ reports: [DeliveryReport], at now: Timestamp
    ) async throws(StoreError) -> [LoginID] {
        try await writer.perform { db throws(SQLiteError) in
            var changed: [LoginID] = []
            for report in reports {
                let known = try Rows.login(ofMessage: report.messageID, in: db)
                guard let id = known ?? report.login, var login = try Rows.login(id, in: db),
                    login.apply(report, at: now)
                else { continue }
                try Rows.update(login, in: db)
                changed.append(id)
            }
            return changed
        }
    }

    /// Makes a family the one that a confirmed login hands out.
    public func collect(
        _ family: RefreshFamily, for id: LoginID, at now: Timestamp
    ) async throws(StoreError) -> Handover {
        try await writer.perform { db throws(SQLiteError) in
            guard var login = try Rows.login(id, in: db) else { return .refused(.forgotten) }
            let standing = login.standing(at: now)
            guard standing == .confirmed, let owner = login.user,
                let user = try Rows.user(owner, in: db), user.id == family.user
            else { return .refused(standing == .confirmed ? .over : standing) }
            let previous = login.family
            if let previous { try Rows.end(previous, at: now, in: db) }
            try Rows.insert(family, into: db)
            login.family = family.id
            try Rows.update(login, in: db)
            return .collected(user, isNew: login.isNewUser, ended: previous)
        }
    }
}
