/// An account, and whether its number is still its own.
struct Account {
    let user: User

    /// WhatsApp said that its holder has another number now.
    let isDetached: Bool
}

extension Rows {
    static func account(_ id: UserID, in db: Transaction) async throws(StoreError) -> Account? {
        try await db.first(
            """
            SELECT id, coalesce(phone, former_phone), name, created_at, phone IS NULL
            FROM users WHERE id = $1
            """, id, decode: account)
    }

    /// The accounts that an operator may mean: of a number the one that has it and those that had it,
    /// under whatever spelling.
    static func accounts(
        named name: AccountName, in db: Transaction
    ) async throws(StoreError) -> [Account] {
        switch name {
        case .user(let id): return try await account(id, in: db).map { [$0] } ?? []
        case .phone(let phone):
            var accounts: [Account] = []
            for variant in phone.variants {
                accounts += try await db.all(
                    """
                    SELECT id, phone, name, created_at, 0 FROM users WHERE phone = $1
                    UNION ALL
                    SELECT id, former_phone, name, created_at, 1 FROM users
                    WHERE former_phone = $1 AND phone IS NULL
                    """, variant, decode: account)
            }
            return accounts
        }
    }

    private static func account(_ row: StoredRow) throws(StoreError) -> Account {
        Account(
            user: User(
                id: try row.id(0), phone: try row.phone(1), name: row.text(2),
                createdAt: row.time(3)),
            isDetached: row.integer(4) != 0)
    }

    // MARK: Deletion

    /// Deletes an account and all that is kept of the person; returns the families that were live, nil
    /// when another node has been faster.
    ///
    /// A login that is pending for the number stays: nobody knows yet whose it is. So does what keeps
    /// prompts from the number: deleting an account must not lift that. A number that the account has
    /// no more is somebody else's, of whom nothing goes.
    static func delete(
        _ found: Account, detail: String? = nil, at now: Timestamp, in db: Transaction
    ) async throws(StoreError) -> [EndedFamily]? {
        try await lock([.prompts(to: found.user.phone)], at: now, in: db)
        guard let account = try await account(found.user.id, in: db) else { return nil }
        let user = account.user
        let known = try await delete(
            try logins(of: account, in: db).filter { $0.isOver(at: now) }, in: db)
        let live: [EndedFamily] = try await db.all(
            "SELECT id, login FROM families WHERE \"user\" = $1 AND ended_at IS NULL", user.id
        ) { row throws(StoreError) in EndedFamily(id: try row.id(0), login: try row.id(1)) }
        try await db.run("DELETE FROM families WHERE \"user\" = $1", user.id)
        if !account.isDetached { try await forget(user.phone, also: known, at: now, in: db) }
        try await db.run("DELETE FROM users WHERE id = $1", user.id)
        try await record(
            .accountDeleted, phone: user.phone, user: user.id, detail: detail, at: now, in: db)
        return live
    }

    /// Forgets what is known of a number under all its spellings.
    private static func forget(
        _ phone: PhoneNumber, also known: Set<String>, at now: Timestamp, in db: Transaction
    ) async throws(StoreError) {
        for spelling in known.union(phone.variants.map(\.digits)) {
            try await forget(contact: spelling, at: now, in: db)
            try await forgetUserIDs(of: spelling, in: db)
        }
    }

    /// Deletes logins; returns what WhatsApp called their phones.
    private static func delete(
        _ logins: [Login], in db: Transaction
    ) async throws(StoreError) -> Set<String> {
        var known: Set<String> = []
        for login in logins {
            if let waID = login.waID { known.insert(waID) }
            try await db.run("DELETE FROM sent_messages WHERE login = $1", login.id)
            try await db.run("DELETE FROM logins WHERE id = $1", login.id)
        }
        return known
    }

    /// The logins of a person: those that led into the account, under whatever number, and those that
    /// led nowhere, if the number is still the person's.
    static func logins(
        of account: Account, in db: Transaction
    ) async throws(StoreError) -> [Login] {
        var ids: Set<LoginID> = Set(
            try await db.all("SELECT login FROM families WHERE \"user\" = $1", account.user.id) {
                row throws(StoreError) in try row.id(0)
            })
        for variant in account.user.phone.variants {
            let found: [LoginID] = try await db.all(
                "SELECT id FROM logins WHERE phone = $1", variant
            ) {
                row throws(StoreError) in try row.id(0)
            }
            ids.formUnion(found)
        }
        var logins: [Login] = []
        for id in ids.sorted() {
            guard let login = try await login(id, in: db) else { continue }
            let isTheirs = login.user == account.user.id
            if isTheirs || login.user == nil && !account.isDetached { logins.append(login) }
        }
        return logins
    }

    // MARK: A new number

    /// Gives an account a number that no account has; returns the logins that were pending for the one
    /// it had.
    static func move(
        _ account: Account, to phone: PhoneNumber, at now: Timestamp, in db: Transaction
    ) async throws(StoreError) -> [Login] {
        let (user, former) = (account.user.id, account.user.phone)
        try await lock([.prompts(to: former), .prompts(to: phone)], at: now, in: db)
        var cancelled: [Login] = []
        if !account.isDetached {
            cancelled = try await cancelPending(of: former.digits, at: now, in: db)
            // Nothing else would find them once the number is another one. Not those that were cancelled
            // just now: their pages ask.
            let lost = try await logins(of: account, in: db).filter { login in
                login.user == nil && login.isOver(at: now) && login.endedAt != now
            }
            let known = try await delete(lost, in: db)
            try await forget(former, also: known, at: now, in: db)
        }
        try await db.run(
            "UPDATE users SET phone = $1, former_phone = NULL WHERE id = $2", phone, user)
        try await record(
            .accountMoved, phone: phone, user: user, detail: "from \(former.masked)", at: now,
            in: db)
        return cancelled
    }
}

extension Login {
    /// Whether nobody can answer it any more.
    fileprivate func isOver(at now: Timestamp) -> Bool { state != .pending || expiresAt <= now }
}
