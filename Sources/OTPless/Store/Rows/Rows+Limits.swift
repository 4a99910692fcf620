/// What a limit counts.
struct LimitSubject: StoredValue, Hashable, Comparable {
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

    /// What a message decides about: its sender's phone, or a person who shows none and perhaps tells a
    /// number.
    static func decided(by incoming: IncomingAnswer) -> [LimitSubject] {
        guard let answer = incoming.answer else { return [] }
        var subjects = answers(of: incoming.message.sender).map { [$0] } ?? []
        if case .contact(let phones, isRequested: true) = answer {
            subjects += phones.map { .prompts(to: $0) }
        }
        return subjects
    }

    private static func answers(of sender: Sender) -> LimitSubject? {
        if let phone = sender.waID.flatMap({ PhoneNumber(waID: $0) }) { return .prompts(to: phone) }
        return (sender.waID ?? sender.userID).map { .wrongCodes(of: $0) }
    }

    static func < (one: LimitSubject, other: LimitSubject) -> Bool { one.text < other.text }

    var datum: Datum { .text(text) }
}

extension Rows {
    /// For how long a limit lets something not happen again; nil: it may now.
    static func wait(
        _ subject: LimitSubject, _ limit: RateLimit?, at now: Timestamp, in db: Transaction
    ) async throws(StoreError) -> Duration? {
        guard let limit else { return nil }
        return try await log(of: subject, in: db).wait(limit, at: now)
    }

    /// Counts that something happens.
    static func count(
        _ subject: LimitSubject, _ limit: RateLimit?, at now: Timestamp, in db: Transaction
    ) async throws(StoreError) {
        guard let limit else { return }
        let log = try await log(of: subject, in: db)
        try await count(subject, limit, after: log, at: now, in: db)
    }

    /// Counts that something happens, after what has been counted.
    static func count(
        _ subject: LimitSubject, _ limit: RateLimit, after log: RateLog, at now: Timestamp,
        in db: Transaction
    ) async throws(StoreError) {
        var log = log
        log.add(now, for: limit)
        try await db.run(
            """
            INSERT INTO limits (subject, times, is_told, expires_at) VALUES ($1, $2, 0, $3)
            ON CONFLICT (subject) DO UPDATE SET
                times = excluded.times, is_told = 0, expires_at = excluded.expires_at
            """, subject, log.bytes, now + limit.horizon)
    }

    /// Takes back what was counted at a time and did not happen.
    static func discount(
        _ subject: LimitSubject, at time: Timestamp, in db: Transaction
    ) async throws(StoreError) {
        var log = try await log(of: subject, in: db)
        log.remove(time)
        try await db.run("UPDATE limits SET times = $1 WHERE subject = $2", log.bytes, subject)
    }

    /// Whether this is the first refusal since something was counted.
    static func isFirstRefusal(
        _ subject: LimitSubject, in db: Transaction
    ) async throws(StoreError) -> Bool {
        try await db.count(
            "UPDATE limits SET is_told = 1 WHERE subject = $1 AND is_told = 0", subject) == 1
    }

    /// Forgets what was counted of something; true when that still mattered.
    static func forget(
        _ subject: LimitSubject, at now: Timestamp, in db: Transaction
    ) async throws(StoreError) -> Bool {
        try await db.first(
            "DELETE FROM limits WHERE subject = $1 RETURNING expires_at > $2 AND times <> $3",
            subject, now, [UInt8]()
        ) { $0.integer(0) != 0 } ?? false
    }

    /// Forgets a small batch of what no limit asks for any more; returns how many rows went.
    static func forgetLimits(at now: Timestamp, in db: Transaction) async throws(StoreError) -> Int
    {
        try await db.count(
            """
            DELETE FROM limits WHERE subject IN (
                SELECT subject FROM limits WHERE expires_at < $1 LIMIT 500) AND expires_at < $1
            """, now)
    }

    /// What has been counted of some subjects, which are locked.
    static func logs(
        of subjects: [LimitSubject], in db: Transaction
    ) async throws(StoreError) -> [LimitSubject: RateLog] {
        let queries = subjects.map { subject in
            Query("SELECT times FROM limits WHERE subject = $1", subject) { row in
                (subject, RateLog(bytes: row.blob(0)))
            }
        }
        return Dictionary(try await db.first(queries, locking: false)) { first, _ in first }
    }

    private static func log(
        of subject: LimitSubject, in db: Transaction
    ) async throws(StoreError) -> RateLog {
        let bytes = try await db.first(
            "SELECT times FROM limits WHERE subject = $1", subject, locking: true
        ) { $0.blob(0) }
        return RateLog(bytes: bytes ?? [])
    }
}
