extension SQLiteStore {
    /// Applies what phones sent.
    public func receive(
        _ answers: [IncomingAnswer], policy: AnswerPolicy, begin: @escaping FirstPair.Maker,
        at now: Timestamp
    ) async throws(StoreError) -> [AnswerResult] {
        try await writer.perform { db throws(SQLiteError) in
            var results: [AnswerResult] = []
            for incoming in answers {
                var transaction = AnswerTransaction(
                    incoming: incoming, policy: policy, begin: begin, now: now, db: db)
                try transaction.run()
                results.append(transaction.result)
            }
            return results
        }
    }
}

/// One message in the open transaction.
struct AnswerTransaction {
    let incoming: IncomingAnswer
    let policy: AnswerPolicy
    let begin: FirstPair.Maker
    let now: Timestamp
    let db: SQLiteConnection

    var result = AnswerResult()
    /// The sender's `wa_id`, as far as it is known.
    private(set) var sender: String?

    init(
        incoming: IncomingAnswer, policy: AnswerPolicy, begin: @escaping FirstPair.Maker,
        now: Timestamp, db: SQLiteConnection
    ) {
        self.incoming = incoming
        self.policy = policy
        self.begin = begin
        self.now = now
        self.db = db
    }

    var message: InboundMessage { incoming.message }

    mutating func run() throws(SQLiteError) {
        sender = message.sender.waID
        if sender == nil, let id = message.sender.userID {
            sender = try Rows.waID(ofUser: id, at: now, in: db)
        }
        guard let answer = incoming.answer else { return try noteSender() }
        if case .codes(let candidates) = answer { return try apply(candidates) }
        result.outcome = answer.outcome
        // A repetition may come when the person has been forgotten.
        guard try isFirst() else { return }
        // What WhatsApp itself says is no message of the person.
        if case .change(let change) = answer { return try apply(change) }
        try noteSender()
        switch answer {
        case .contact(let phones, let isRequested): try apply(phones, isRequested: isRequested)
        case .button(let payload): try apply(payload)
        case .word(let verb): try apply(verb)
        case .number(let number): try apply(number)
        case .codes, .change: break
        }
    }

    // MARK: Answers to a prompt

    private mutating func apply(_ payload: AnswerPayload) throws(SQLiteError) {
        // A message not known yet is one whose send has not been noted.
        if case .message(let quoted) = try quote(), quoted != payload.login { return }
        guard payload.verb == .deny || policy.confirmation == .tap, let sender,
            var login = try Rows.login(payload.login, in: db),
            login.apply(payload, from: sender, at: now)
        else { return }
        try settle(&login)
    }

    private mutating func apply(_ verb: AnswerPayload.Verb) throws(SQLiteError) {
        guard verb == .deny || policy.confirmation == .tap else { return }
        let meant = Login.answered(
            by: verb, sentAt: message.sentAt, quoting: try quote(), among: try askedLogins(),
            at: now)
        for var login in meant {
            _ = login.end(as: verb == .confirm ? .confirmed : .denied, at: now)
            try settle(&login)
        }
    }

    private mutating func apply(_ number: MatchNumber) throws(SQLiteError) {
        let answer = Login.answered(
            by: number, quoting: try quote(), among: try askedLogins(), at: now)
        guard let answer, let phone = sender.flatMap({ PhoneNumber(waID: $0) }) else { return }
        if var login = answer.confirmed {
            _ = login.end(as: .confirmed, at: now)
            try settle(&login)
            return try Rows.noteRightNumber(of: phone, in: db)
        }
        result.outcome = .denied
        for var login in answer.pending {
            _ = login.end(as: .denied, at: now)
            try settle(&login, blocks: false)
        }
        let count = try Rows.noteWrongNumber(of: phone, at: now, in: db)
        try Rows.record(.numberWrong, phone: phone, at: now, in: db)
        guard count >= Contact.mostFailedMatches else { return }
        // Where the provider knows the phone by another number, prompts to that go there, too.
        for phone in Set([phone] + answer.pending.compactMap(\.phone)) {
            guard try Rows.lock(phone, at: now, in: db) else { continue }
            try Rows.record(.phoneLocked, phone: phone, at: now, in: db)
        }
    }

    // MARK: What answers need

    private func askedLogins() throws(SQLiteError) -> [Login] {
        guard let sender else { return [] }
        return try Rows.askedLogins(of: sender, at: now, in: db)
    }

    /// When the provider says that it was, and not later than now.
    var sentAt: Timestamp { min(message.sentAt ?? now, now) }

    func isFirst() throws(SQLiteError) -> Bool {
        try db.run(
            "INSERT OR IGNORE INTO received_messages (id, received_at) VALUES (?, ?)", message.id,
            now)
        return db.changes == 1
    }

    func quote() throws(SQLiteError) -> Login.Quote {
        guard let quoted = message.quotedMessageID else { return .nothing }
        let sent = try Rows.sentMessage(quoted, in: db)
        return sent.map { .message(of: $0.login) } ?? .unknownMessage
    }
}

extension Answer {
    /// What it makes of a login.
    fileprivate var outcome: Login.State? {
        switch self {
        case .button(let payload): payload.verb.outcome
        case .word(let verb): verb.outcome
        case .number: .confirmed
        // What they come to depends on what waits for them.
        case .codes, .contact, .change: nil
        }
    }
}

extension AnswerPayload.Verb {
    fileprivate var outcome: Login.State { self == .confirm ? .confirmed : .denied }
}
