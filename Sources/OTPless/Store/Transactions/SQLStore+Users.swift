extension SQLStore {
    /// Reads a family.
    public func family(_ id: FamilyID) async throws(StoreError) -> RefreshFamily? {
        try await read(Rows.family(id))
    }

    /// Presents a refresh token.
    public func redeem(
        _ token: RefreshToken, user expected: UserID?, key: HMACKey, idle: Duration,
        at now: Timestamp
    ) async throws(StoreError) -> (redemption: RefreshFamily.Redemption, user: User?) {
        try await perform { db async throws(StoreError) in
            try await Rows.lock(loginOf: token.family, in: db)
            guard var family = try await Rows.family(token.family, in: db),
                expected == nil || expected == family.user,
                let user = try await Rows.user(family.user, in: db)
            else { return (.forged, nil) }
            let redemption = family.redeem(token, key: key, idle: idle, at: now)
            switch redemption {
            case .forged, .over: return (redemption, nil)
            case .reused:
                try await Rows.update(family, in: db)
                try await Rows.record(
                    .tokensReused, phone: user.phone, user: user.id, login: family.login,
                    family: family.id, at: now, in: db)
            case .successor:
                try await Rows.update(family, in: db)
                // A refresh with the pair shows that it arrived.
                try await db.run(
                    """
                    UPDATE logins SET acknowledged_at = $1
                    WHERE id = $2 AND family = $3 AND acknowledged_at IS NULL
                    """, now, family.login, family.id)
            }
            return (redemption, user)
        }
    }

    /// Ends a family.
    public func end(
        _ id: FamilyID, recording event: AuditEvent, at now: Timestamp
    ) async throws(StoreError) -> EndedFamily? {
        try await perform { db async throws(StoreError) in
            // The login first: claims lock it before they end its family.
            try await Rows.close(loginOf: id, at: now, in: db)
            let hasEnded = try await Rows.end(id, at: now, in: db)
            guard hasEnded, let family = try await Rows.family(id, in: db) else { return nil }
            return try await Self.record(event, family, at: now, in: db)
        }
    }

    private static func record(
        _ event: AuditEvent, _ family: RefreshFamily, at now: Timestamp, in db: Transaction
    ) async throws(StoreError) -> EndedFamily {
        try await Rows.record(
            event, phone: try await Rows.user(family.user, in: db)?.phone, user: family.user,
            login: family.login, family: family.id, at: now, in: db)
        return EndedFamily(id: family.id, login: family.login)
    }

    /// Ends a family that nobody was given.
    public func retract(_ family: FamilyID, at now: Timestamp) async throws(StoreError) {
        try await perform { db async throws(StoreError) in
            _ = try await Rows.end(family, at: now, in: db)
        }
    }

    /// Ends all live families of a user.
    public func endFamilies(
        of user: UserID, at now: Timestamp
    ) async throws(StoreError) -> [EndedFamily] {
        try await perform { db async throws(StoreError) in
            try await Rows.lock(loginsOf: user, in: db)
            let ids: [FamilyID] = try await db.all(
                """
                UPDATE families SET ended_at = greatest($1, last_used_at)
                WHERE "user" = $2 AND ended_at IS NULL RETURNING id
                """, now, user
            ) { row throws(StoreError) in try row.id(0) }
            var ended: [EndedFamily] = []
            for id in ids {
                try await Rows.close(loginOf: id, at: now, in: db)
                guard let family = try await Rows.family(id, in: db) else { continue }
                ended.append(try await Self.record(.loggedOut, family, at: now, in: db))
            }
            return ended
        }
    }

    /// The families ended since a time.
    public func families(
        endedSince time: Timestamp
    ) async throws(StoreError) -> [EndedFamily] {
        try await perform { db async throws(StoreError) in
            try await Rows.families(endedSince: time, in: db)
        }
    }

    /// Reads a user.
    public func user(_ id: UserID) async throws(StoreError) -> User? {
        try await read(Rows.user(id))
    }

    /// Changes a user's name.
    public func rename(_ id: UserID, to name: String) async throws(StoreError) -> User? {
        try await perform { db async throws(StoreError) in
            try await db.run("UPDATE users SET name = $1 WHERE id = $2", name, id)
            return try await Rows.user(id, in: db)
        }
    }

    /// The installation's own secret of that name.
    public func secret(
        _ name: String, candidate: [UInt8]
    ) async throws(StoreError) -> [UInt8] {
        try await perform { db async throws(StoreError) in
            try await db.run(
                "INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING", name,
                candidate)
            return try await db.first("SELECT value FROM secrets WHERE name = $1", name) {
                $0.blob(0)
            }
                ?? candidate
        }
    }

    /// Forgets what nobody may ask for any more, in small batches.
    ///
    /// What may have been renewed since it was chosen is looked at once more when its row is locked.
    public func sweep(at now: Timestamp) async throws(StoreError) -> Int {
        try await perform { db async throws(StoreError) in
            // First, as answers lock it first.
            var count = try await Rows.forgetLimits(at: now, in: db)
            // The row outlives the outcome by a day: late deliveries still find what they are about.
            let oldest = LoginID.first(at: now - .seconds(86_400))
            // One bound for both: another node that sweeps must not move what the second one means.
            let next: LoginID? = try await db.first(
                "SELECT id FROM logins WHERE id < $1 ORDER BY id LIMIT 1 OFFSET 500", oldest
            ) { row throws(StoreError) in try row.id(0) }
            count += try await db.count(
                """
                DELETE FROM sent_messages WHERE login IN (SELECT id FROM logins WHERE id < $1)
                """, next ?? oldest)
            count += try await db.count("DELETE FROM logins WHERE id < $1", next ?? oldest)
            // Links that nobody used are forgotten with their outcome: anybody may make them.
            count += try await db.count(
                """
                DELETE FROM logins WHERE id IN (
                    SELECT id FROM logins
                    WHERE id < $1 AND state = 0 AND code_digest IS NOT NULL AND code_sent_at IS NULL
                    ORDER BY id LIMIT 500)
                """, LoginID.first(at: now - Login.memory * 2))
            // Providers repeat a delivery for up to 7 days.
            count += try await db.count(
                """
                DELETE FROM received_messages WHERE id IN (
                    SELECT id FROM received_messages WHERE received_at < $1
                    ORDER BY received_at LIMIT 500)
                """, now - .seconds(8 * 86_400))
            count += try await db.count(
                """
                DELETE FROM families WHERE id IN (
                    SELECT id FROM families WHERE id < $1 ORDER BY id LIMIT 500)
                """, FamilyID.first(at: now - RefreshFamily.lifetime - .seconds(86_400)))
            count += try await db.count(
                """
                DELETE FROM contacts WHERE phone IN (
                    SELECT phone FROM contacts
                    WHERE expires_at < $1 AND locked_at IS NULL LIMIT 500)
                AND expires_at < $1 AND locked_at IS NULL
                """, now)
            return count
        }
    }

    /// Writes, and takes it back.
    public func probe() async throws(StoreError) {
        try await perform { db async throws(StoreError) in
            try await db.run(
                "INSERT INTO secrets (name, value) VALUES ($1, $2)", "probe", [UInt8]())
            try await db.run("DELETE FROM secrets WHERE name = $1", "probe")
        }
    }
}
