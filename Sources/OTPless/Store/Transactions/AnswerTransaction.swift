extension SQLStore {
    /// Applies what phones sent.
    public func receive(
        _ answers: [IncomingAnswer], policy: AnswerPolicy, begin: @escaping FirstPair.Maker,
        at now: Timestamp
    ) async throws(StoreError) -> [AnswerResult] {
        try await perform { db async throws(StoreError) in
            try await Rows.lock(answers.flatMap(LimitSubject.decided(by:)), at: now, in: db)
            var results: [AnswerResult] = []
            for incoming in answers {
                var transaction = AnswerTransaction(
                    incoming: incoming, policy: policy, begin: begin, now: now, db: db)
                try await transaction.run()
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
    let db: Transaction

    var result = AnswerResult()
    /// The sender's `wa_id`, as far as it is known.
    private(set) var sender: String?

    init(
        incoming: IncomingAnswer, policy: AnswerPolicy, begin: @escaping FirstPair.Maker,
        now: Timestamp, db: Transaction
    ) {
        self.incoming = incoming
        self.policy = policy
        self.begin = begin
        self.now = now
        self.db = db
    }

    var message: InboundMessage { incoming.message }

    mutating func run() async throws(StoreError) {
        sender = message.sender.waID
        if sender == nil, let id = message.sender.userID {
            sender = try await Rows.waID(ofUser: id, at: now, in: db)
            if let phone = sender.flatMap({ PhoneNumber(waID: $0) }), incoming.answer != nil {
                try await Rows.lock([.prompts(to: phone)], at: now, in: db)
            }
        }
        guard let answer = incoming.answer else { return try await noteSender() }
        if case .codes(let candidates) = answer { return try await apply(candidates) }
        result.outcome = answer.outcome
        // A repetition may come when the person has been forgotten.
        guard try await isFirst() else { return }
        // What WhatsApp itself says is no message of the person.
        if case .change(let change) = answer { return try await apply(change) }
        try await noteSender()
        switch answer {
        case .contact(let phones, let isRequested):
            try await apply(phones, isRequested: isRequested)
        case .button(let payload): try await apply(payload)
        case .word(let verb): try await apply(verb)
        case .number(let number): try await apply(number)
        case .codes, .change: break
        }
    }

    // MARK: Answers to a prompt

    private mutating func apply(_ payload: AnswerPayload) async throws(StoreError) {
        // A message not known yet is one whose send has not been noted.
        if case .message(let quoted) = try await quote(), quoted != payload.login { return }
        guard payload.verb == .deny || policy.confirmation == .tap, let sender,
            var login = try await Rows.login(payload.login, in: db),
            login.apply(payload, from: sender, at: now)
        else { return }
        try await settle(&login)
    }

    private mutating func apply(_ verb: AnswerPayload.Verb) async throws(StoreError) {
        guard verb == .deny || policy.confirmation == .tap else { return }
        let meant = try await Login.answered(
            by: verb, sentAt: message.sentAt, quoting: quote(), among: askedLogins(),
            at: now)
        for var login in meant {
            _ = login.end(as: verb == .confirm ? .confirmed : .denied, at: now)
            try await settle(&login)
        }
    }

    private mutating func apply(_ number: MatchNumber) async throws(StoreError) {
        let answer = try await Login.answered(
            by: number, quoting: quote(), among: askedLogins(), at: now)
        guard let answer, let phone = sender.flatMap({ PhoneNumber(waID: $0) }) else { return }
        if var login = answer.confirmed {
            _ = login.end(as: .confirmed, at: now)
            try await settle(&login)
            return try await Rows.noteRightNumber(of: phone, in: db)
        }
        result.outcome = .denied
        for var login in answer.pending {
            _ = login.end(as: .denied, at: now)
            try await settle(&login, blocks: false)
        }
        let count = try await Rows.noteWrongNumber(of: phone, at: now, in: db)
        try await Rows.record(.numberWrong, phone: phone, at: now, in: db)
        guard count >= Contact.mostFailedMatches else { return }
        // Where the provider knows the phone by another number, prompts to that go there, too.
        for phone in Set([phone] + answer.pending.compactMap(\.phone)) {
            guard try await Rows.lock(phone, at: now, in: db) else { continue }
            try await Rows.record(.phoneLocked, phone: phone, at: now, in: db)
        }
    }

    // MARK: What answers need

    private func askedLogins() async throws(StoreError) -> [Login] {
        guard let sender else { return [] }
        return try await Rows.askedLogins(of: sender, at: now, in: db)
    }

    /// When the provider says that it was, and not later than now.
    var sentAt: Timestamp { min(message.sentAt ?? now, now) }

    func isFirst() async throws(StoreError) -> Bool {
        try await db.count(
            "INSERT INTO received_messages (id, received_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            message.id,
            now) == 1
    }

    func quote() async throws(StoreError) -> Login.Quote {
        guard let quoted = message.quotedMessageID else { return .nothing }
        let sent = try await Rows.sentMessage(quoted, in: db)
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
