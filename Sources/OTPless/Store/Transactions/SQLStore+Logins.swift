extension SQLStore {
    /// Adds a new login, unless something keeps prompts from its phone.
    public func insert(
        _ login: Login, on terms: AdmissionTerms
    ) async throws(StoreError) -> Admission {
        try await perform { db async throws(StoreError) in
            try await AdmissionTransaction(terms: terms, now: login.createdAt, db: db).admit(login)
        }
    }

    /// Takes back that a prompt to a phone was counted.
    ///
    /// Not what its network asked for: that was not refused.
    public func discount(_ login: Login) async throws(StoreError) {
        guard let phone = login.phone else { return }
        try await perform { db async throws(StoreError) in
            try await Rows.discount(.prompts(to: phone), at: login.createdAt, in: db)
        }
    }

    /// Whether a message may still be sent for a login.
    public func mayPrompt(_ id: LoginID, at now: Timestamp) async throws(StoreError) -> Bool {
        try await perform { db async throws(StoreError) in
            guard let login = try await Rows.login(id, in: db), login.standing(at: now) == .pending
            else {
                return false
            }
            // Who has sent a code waits for the next question, whatever is blocked.
            guard login.method == .prompt, let phone = login.phone else { return true }
            let contact = try await Rows.contact(phone, in: db)
            return contact.lockedAt == nil && contact.block(at: now) == nil
        }
    }

    /// Reads a login.
    public func login(_ id: LoginID) async throws(StoreError) -> Login? {
        try await read(Rows.login(id))
    }

    /// A login, if it is there and can be read without waiting.
    public func loginAtOnce(_ id: LoginID) -> Login? {
        readAtOnce(Rows.login(id)) ?? nil
    }

    /// Notes at which node the page of a login waits.
    public func attach(
        _ id: LoginID, to node: NodeID, while isThere: @escaping @Sendable () -> Bool
    ) async throws(StoreError) -> Login? {
        try await perform { db async throws(StoreError) in
            let login = try await Rows.login(id, in: db)
            if let login, login.node != node, isThere() {
                try await db.run("UPDATE logins SET node = $1 WHERE id = $2", node, id)
            }
            return login
        }
    }

    /// Notes which message was sent for a login, and to whose phone.
    public func recordSend(
        _ message: MessageReference, messageID: String, waID: String?
    ) async throws(StoreError) {
        try await perform { db async throws(StoreError) in
            try await db.run(
                "INSERT INTO sent_messages (id, login, kind) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                messageID, message.login, message.kind.rawValue)
            // It went to a person: what the provider calls them is no phone of this login.
            guard message.kind != .contact else { return }
            // A report may have come first, and the message have been replaced.
            try await db.run(
                "UPDATE logins SET message = greatest(message, $1), wa_id = $2 WHERE id = $3",
                message.kind.rawValue, waID, message.login)
        }
    }

    /// Changes a login by a rule.
    public func change(
        _ id: LoginID, recording event: AuditEvent?,
        by rule: @escaping @Sendable (inout Login) -> Bool
    ) async throws(StoreError) -> Login? {
        try await perform { db async throws(StoreError) in
            guard var login = try await Rows.login(id, in: db) else { return nil }
            guard rule(&login) else { return login }
            try await Rows.update(login, in: db)
            if let event, let time = login.endedAt {
                try await Rows.record(event, phone: login.phone, login: id, at: time, in: db)
            }
            return login
        }
    }

    /// Makes a family the one that a confirmed login hands out.
    public func collect(
        _ family: RefreshFamily, for id: LoginID, to page: PagePlace?, at now: Timestamp
    ) async throws(StoreError) -> Handover {
        try await perform { db async throws(StoreError) in
            guard var login = try await Rows.login(id, in: db) else { return .refused(.forgotten) }
            // Else they would end those of the page that is: asked while no other can arrive.
            if let page, login.node != page.node || !page.isThere() { return .replaced }
            let standing = login.standing(at: now)
            guard standing == .confirmed, let owner = login.user,
                let user = try await Rows.user(owner, in: db), user.id == family.user
            else { return .refused(standing == .confirmed ? .over : standing) }
            let previous = login.family
            if let previous { try await Rows.end(previous, at: now, in: db) }
            try await Rows.insert(family, of: login.device, into: db)
            login.handOut(family.id)
            try await Rows.update(login, in: db)
            try await Rows.record(
                .tokensIssued, phone: user.phone, user: user.id, login: id, family: family.id,
                at: now, in: db)
            return .collected(user, isNew: login.isNewUser, ended: previous)
        }
    }
}
