extension SQLiteStore {
    /// Reads a family.
    public func family(_ id: FamilyID) async throws(StoreError) -> RefreshFamily? {
        try await read { db throws(SQLiteError) in try Rows.family(id, in: db) }
    }

    /// Presents a refresh token.
    public func redeem(
        _ token: RefreshToken, user expected: UserID?, key: HMACKey, idle: Duration,
        at now: Timestamp
    ) async throws(StoreError) -> (redemption: RefreshFamily.Redemption, user: User?) {
        try await writer.perform { db throws(SQLiteError) in
            guard var family = try Rows.family(token.family, in: db),
                expected == nil || expected == family.user,
                let user = try Rows.user(family.user, in: db)
            else { return (.forged, nil) }
            let redemption = family.redeem(token, key: key, idle: idle, at: now)
            switch redemption {
            case .forged, .over: return (redemption, nil)
            case .reused:
                try Rows.update(family, in: db)
                try Rows.record(
                    .tokensReused, phone: user.phone, user: user.id, login: family.login,
                    family: family.id, at: now, in: db)
            case .successor:
                try Rows.update(family, in: db)
                // A refresh with the pair shows that it arrived.
                try db.run(
                    """
                    UPDATE logins SET acknowledged_at = ?
                    WHERE id = ? AND family = ? AND acknowledged_at IS NULL
                    """, now, family.login, family.id)
            }
            return (redemption, user)
        }
    }

    /// Ends a family.
    public func end(
        _ id: FamilyID, recording event: AuditEvent, at now: Timestamp
    ) async throws(StoreError) -> EndedFamily? {
        try await writer.perform { db throws(SQLiteError) in
            try Rows.end(id, at: now, in: db)
            let hasEnded = db.changes == 1
            try Rows.close(loginOf: id, at: now, in: db)
            guard hasEnded, let family = try Rows.family(id, in: db) else { return nil }
            return try Self.record(event, family, at: now, in: db)
        }
    }

    private static func record(
        _ event: AuditEvent, _ family: RefreshFamily, at now: Timestamp, in db: SQLiteConnection
    ) throws(SQLiteError) -> EndedFamily {
        try Rows.record(
            event, phone: try Rows.user(family.user, in: db)?.phone, user: family.user,
            login: family.login, family: family.id, at: now, in: db)
        return EndedFamily(id: family.id, login: family.login)
    }

    /// Ends a family that nobody was given.
    public func retract(_ family: FamilyID, at now: Timestamp) async throws(StoreError) {
        try await writer.perform { db throws(SQLiteError) in
            try Rows.end(family, at: now, in: db)
        }
    }

    /// Ends all live families of a user.
    public func endFamilies(
        of user: UserID, at now: Timestamp
    ) async throws(StoreError) -> [EndedFamily] {
        try await writer.perform { db throws(SQLiteError) in
            let ids: [FamilyID] = try db.all(
                """
                UPDATE families SET ended_at = max(?, last_used_at)
                WHERE user = ? AND ended_at IS NULL RETURNING id
                """, now, user
            ) { row throws(SQLiteError) in try row.id(0) }
            var ended: [EndedFamily] = []
            for id in ids {
                try Rows.close(loginOf: id, at: now, in: db)
                guard let family = try Rows.family(id, in: db) else { continue }
                ended.append(try Self.record(.loggedOut, family, at: now, in: db))
            }
            return ended
        }
    }

    /// The families ended since a time.
    public func families(endedSince time: Timestamp) async throws(StoreError) -> [FamilyID] {
        try await writer.perform { db throws(SQLiteError) in
            try db.all("SELECT id FROM families WHERE ended_at >= ?", time) {
                row throws(SQLiteError) in try row.id(0)
            }
        }
    }

    /// Reads a user.
    public func user(_ id: UserID) async throws(StoreError) -> User? {
        try await read { db throws(SQLiteError) in try Rows.user(id, in: db) }
    }

    /// Changes a user's name.
    public func rename(_ id: UserID, to name: String) async throws(StoreError) -> User? {
        try await writer.perform { db throws(SQLiteError) in
            try db.run("UPDATE users SET name = ? WHERE id = ?", name, id)
            return try Rows.user(id, in: db)
        }
    }

    /// The installation's own secret of that name.
    public func secret(
        _ name: String, candidate: [UInt8]
    ) async throws(StoreError) -> [UInt8] {
        try await writer.perform { db throws(SQLiteError) in
            try db.run("INSERT OR IGNORE INTO secrets (name, value) VALUES (?, ?)", name, candidate)
            return try db.first("SELECT value FROM secrets WHERE name = ?", name) { $0.blob(0) }
                ?? candidate
        }
    }

    /// Forgets what nobody may ask for any more, in small batches.
    public func sweep(at now: Timestamp) async throws(StoreError) -> Int {
        try await writer.perform { db throws(SQLiteError) in
            var count = 0
            // The row outlives the outcome by a day: late deliveries still find what they are about.
            let oldest = LoginID.first(at: now - .seconds(86_400))
            try db.run(
                """
                DELETE FROM sent_messages WHERE login IN (
                    SELECT id FROM logins WHERE id < ? ORDER BY id LIMIT 500)
                """, oldest)
            count += db.changes
            try db.run(
                """
                DELETE FROM logins WHERE id IN (
                    SELECT id FROM logins WHERE id < ? ORDER BY id LIMIT 500)
                """, oldest)
            count += db.changes
            // Links that nobody used are forgotten with their outcome: anybody may make them.
            try db.run(
                """
                DELETE FROM logins WHERE id IN (
                    SELECT id FROM logins
                    WHERE id < ? AND state = 0 AND code_digest IS NOT NULL AND code_sent_at IS NULL
                    ORDER BY id LIMIT 500)
                """, LoginID.first(at: now - Login.memory * 2))
            count += db.changes
            // Providers repeat a delivery for up to 7 days.
            try db.run(
                """
                DELETE FROM received_messages WHERE id IN (
                    SELECT id FROM received_messages WHERE received_at < ? LIMIT 500)
                """, now - .seconds(8 * 86_400))
            count += db.changes
            try db.run(
                """
                DELETE FROM families WHERE id IN (
                    SELECT id FROM families WHERE id < ? LIMIT 500)
                """, FamilyID.first(at: now - RefreshFamily.lifetime - .seconds(86_400)))
            count += db.changes
            try db.run(
                """
                DELETE FROM contacts WHERE phone IN (
                    SELECT phone FROM contacts
                    WHERE expires_at < ? AND locked_at IS NULL LIMIT 500)
                """, now)
            count += db.changes
            return count + (try Rows.forgetLimits(at: now, in: db))
        }
    }

    /// Writes, and takes it back.
    public func probe() async throws(StoreError) {
        try await writer.perform { db throws(SQLiteError) in
            try db.run("INSERT INTO secrets (name, value) VALUES ('probe', x'')")
            try db.run("DELETE FROM secrets WHERE name = 'probe'")
        }
    }
}
