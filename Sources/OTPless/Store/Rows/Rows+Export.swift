/// What operators may read of a person, and nobody else asks for.
extension Rows {
    /// The families of a user, also those that have ended.
    static func allDevices(
        of user: UserID, in db: Transaction
    ) async throws(StoreError) -> [(device: SignedInDevice, endedAt: Timestamp?)] {
        try await db.all(
            """
            SELECT id, device_type, notification_device_id, user_agent, ip, created_at,
                last_used_at, ended_at
            FROM families WHERE "user" = $1 ORDER BY id
            """, user
        ) { row throws(StoreError) in
            let device = SignedInDevice(
                id: try row.id(0), type: row.text(1), notificationDeviceID: row.text(2),
                userAgent: row.text(3), ip: row.text(4), createdAt: row.time(5),
                lastUsedAt: row.time(6))
            return (device, row.optionalTime(7))
        }
    }

    /// The logins of a number that have led to no account.
    static func loginsWithoutUser(
        of phone: PhoneNumber, in db: Transaction
    ) async throws(StoreError) -> [Login] {
        let ids: [LoginID] = try await db.all(
            "SELECT id FROM logins WHERE phone = $1 AND \"user\" IS NULL ORDER BY id", phone
        ) { row throws(StoreError) in try row.id(0) }
        var logins: [Login] = []
        for id in ids {
            if let login = try await login(id, in: db) { logins.append(login) }
        }
        return logins
    }

    /// What is known of a number.
    struct KnownContact {
        let phone: PhoneNumber
        let contact: Contact
        let identityHash: String?
        let identityAt: Timestamp?

        func write(to writer: inout JSONWriter) {
            writer.member("phoneNumber", phone.e164)
            writer.member("lastMessageAt", contact.lastInboundAt)
            writer.member("blockedUntil", contact.blockedUntil)
            writer.member("wrongNumbers", contact.failedMatches)
            writer.member("lockedAt", contact.lockedAt)
            writer.member("whatsAppIdentityHash", identityHash)
            writer.member("whatsAppIdentitySeenAt", identityAt)
        }
    }

    static func knownContacts(
        _ phone: PhoneNumber, in db: Transaction
    ) async throws(StoreError) -> [KnownContact] {
        try await db.all(
            """
            SELECT last_inbound_at, blocked_until, failed_matches, locked_at, identity_hash,
                identity_at
            FROM contacts WHERE phone = $1
            """, phone
        ) { row in
            KnownContact(
                phone: phone,
                contact: Contact(
                    lastInboundAt: row.optionalTime(0), blockedUntil: row.optionalTime(1),
                    failedMatches: Int(row.integer(2)), lockedAt: row.optionalTime(3)),
                identityHash: row.text(4), identityAt: row.optionalTime(5))
        }
    }

    /// A user id of WhatsApp that belongs to a number.
    struct KnownUserID {
        let id: String
        let seenAt: Timestamp

        func write(to writer: inout JSONWriter) {
            writer.member("id", id)
            writer.member("seenAt", seenAt.seconds)
        }
    }

    static func knownUserIDs(
        of phone: PhoneNumber, in db: Transaction
    ) async throws(StoreError) -> [KnownUserID] {
        try await db.all("SELECT id, seen_at FROM user_ids WHERE phone = $1", phone) { row in
            KnownUserID(id: row.text(0) ?? "", seenAt: row.time(1))
        }
    }

    /// What a limit has counted.
    struct KnownLimit {
        let subject: String
        let times: [Timestamp]
        let expiresAt: Timestamp

        func write(to writer: inout JSONWriter) {
            writer.member("counted", subject)
            writer.array("times") { writer in
                for time in times { writer.value(time.seconds) }
            }
            writer.member("until", expiresAt.seconds)
        }
    }

    static func knownLimits(
        _ subjects: [LimitSubject], in db: Transaction
    ) async throws(StoreError) -> [KnownLimit] {
        var limits: [KnownLimit] = []
        for subject in subjects {
            limits += try await db.all(
                "SELECT subject, times, expires_at FROM limits WHERE subject = $1 AND times <> $2",
                subject, [UInt8]()
            ) { row in
                KnownLimit(
                    subject: row.text(0) ?? "", times: RateLog(bytes: row.blob(1)).times,
                    expiresAt: row.time(2))
            }
        }
        return limits
    }
}
