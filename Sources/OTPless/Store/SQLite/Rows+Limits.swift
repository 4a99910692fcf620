/// What a limit counts.
struct LimitSubject: StoredValue {
    private let text: String

    /// Prompts to a phone, under whatever spelling.
    static func prompts(to phone: PhoneNumber) -> LimitSubject {
        LimitSubject(text: "phone " + (phone.variants.map(\.digits).min() ?? phone.digits))
    }

    /// Prompts that clients of a network ask for.
    static func prompts(from network: String) -> LimitSubject {
        LimitSubject(text: "network " + network)
    }

    /// Codes of a sender that were none.
    static func wrongCodes(of sender: String) -> LimitSubject {
        LimitSubject(text: "codes " + sender)
    }

    var datum: Datum { .text(text) }
}

extension Rows {
    /// For how long a limit lets something not happen again; nil: it may now.
    static func wait(
        _ subject: LimitSubject, _ limit: RateLimit?, at now: Timestamp, in db: SQLiteConnection
    ) throws(SQLiteError) -> Duration? {
        guard let limit else { return nil }
        return try log(of: subject, in: db).wait(limit, at: now)
    }

    /// Counts that something happens.
    static func count(
        _ subject: LimitSubject, _ limit: RateLimit?, at now: Timestamp, in db: SQLiteConnection
    ) throws(SQLiteError) {
        guard let limit else { return }
        var log = try log(of: subject, in: db)
        log.add(now, for: limit)
        try db.run(
            """
            INSERT INTO limits (subject, times, is_told, expires_at) VALUES (?, ?, 0, ?)
            ON CONFLICT (subject) DO UPDATE SET
                times = excluded.times, is_told = 0, expires_at = excluded.expires_at
            """, subject, log.bytes, now + limit.horizon)
    }

    /// Takes back what was counted at a time and did not happen.
    static func discount(
        _ subject: LimitSubject, at time: Timestamp, in db: SQLiteConnection
    ) throws(SQLiteError) {
        var log = try log(of: subject, in: db)
        log.remove(time)
        try db.run("UPDATE limits SET times = ? WHERE subject = ?", log.bytes, subject)
    }

    /// Whether this is the first refusal since something was counted.
    static func isFirstRefusal(
        _ subject: LimitSubject, in db: SQLiteConnection
    ) throws(SQLiteError) -> Bool {
        try db.run("UPDATE limits SET is_told = 1 WHERE subject = ? AND is_told = 0", subject)
        return db.changes == 1
    }

    /// Forgets what was counted of something; true when that still mattered.
    static func forget(
        _ subject: LimitSubject, at now: Timestamp, in db: SQLiteConnection
    ) throws(SQLiteError) -> Bool {
        try db.first(
            "DELETE FROM limits WHERE subject = ? RETURNING expires_at > ? AND times <> x''",
            subject, now
        ) { $0.integer(0) != 0 } ?? false
    }

    /// Forgets a small batch of what no limit asks for any more; returns how many rows went.
    static func forgetLimits(at now: Timestamp, in db: SQLiteConnection) throws(SQLiteError) -> Int
    {
        try db.run(
            """
            DELETE FROM limits WHERE subject IN (
                SELECT subject FROM limits WHERE expires_at < ? LIMIT 500)
            """, now)
        return db.changes
    }

    private static func log(
        of subject: LimitSubject, in db: SQLiteConnection
    ) throws(SQLiteError) -> RateLog {
        let bytes = try db.first("SELECT times FROM limits WHERE subject = ?", subject) {
            $0.blob(0)
        }
        return RateLog(bytes: bytes ?? [])
    }
}
