extension SQLiteStore {
    /// Applies what phones sent.
    public func receive(
        _ messages: [InboundMessage], newUsers: [UserID], policy: AnswerPolicy, at now: Timestamp
    ) async throws(StoreError) -> [AnswerResult] {
        try await writer.perform { db throws(SQLiteError) in
            var results: [AnswerResult] = []
            for (message, newUser) in zip(messages, newUsers) {
                let change = Change(message, newUser: newUser, policy: policy, now: now, db: db)
                results.append(try change.apply())
            }
            return results
        }
    }

    /// One message in the open transaction.
    private struct Change {
        let message: InboundMessage
        let newUser: UserID
        let policy: AnswerPolicy
        let now: Timestamp
        let db: SQLiteConnection

        init(
            _ message: InboundMessage, newUser: UserID, policy: AnswerPolicy, now: Timestamp,
            db: SQLiteConnection
        ) {
            self.message = message
            self.newUser = newUser
            self.policy = policy
            self.now = now
            self.db = db
        }

        func apply() throws(SQLiteError) -> AnswerResult {
            guard let answer = Answer(message, policy) else {
                try noteInbound()
                return AnswerResult(verb: nil)
            }
            var result = AnswerResult(verb: answer.verb)
            // A repetition may come when the person has been forgotten.
            guard try isFirst() else { return result }
            try noteInbound()
            for login in try answered(by: answer) {
                if let ended = try write(login) { result.ended.append(ended) }
                result.changed.append(login.id)
            }
            return result
        }

        /// The logins that the answer changes, changed.
        private func answered(by answer: Answer) throws(SQLiteError) -> [Login] {
            let quote = try quote()
            switch answer {
            case .button(let payload):
                // A message not known yet is one whose send has not been noted.
                if case .message(let quoted) = quote, quoted != payload.login { return [] }
                guard var login = try Rows.login(payload.login, in: db),
                    login.apply(payload, from: message.sender, at: now)
                else { return [] }
                return [login]
            case .word(let verb):
                let pending = try Rows.pendingLogins(of: message.sender, in: db)
                let meant = Login.answered(
                    by: verb, sentAt: message.sentAt, quoting: quote, among: pending, at: now)
                return meant.map { login in
                    var login = login
                    _ = login.end(as: verb == .confirm ? .confirmed : .denied, at: now)
                    return login
                }
            }
        }

        /// Writes a login that has been answered; the family that this ends.
        private func write(_ answered: Login) throws(SQLiteError) -> FamilyID? {
            var login = answered
            if login.state == .confirmed {
                let known = try Rows.user(phone: login.phone, in: db)
                let user =
                    known ?? User(id: newUser, phone: login.phone, name: login.name, createdAt: now)
                if known == nil { try Rows.insert(user, into: db) }
                login.user = user.id
                login.isNewUser = known == nil
            } else if let block = policy.denyBlock {
                try Rows.block(login.phone, until: now + block, in: db)
                // Where the provider knows the phone by another number, prompts to that go there, too.
                if let sender { try Rows.block(sender, until: now + block, in: db) }
            }
            try Rows.update(login, in: db)
            guard login.state == .denied, let family = login.family else { return nil }
            try Rows.end(family, at: now, in: db)
            return family
        }

        private var sender: PhoneNumber? { PhoneNumber(waID: message.sender) }

        private func noteInbound() throws(SQLiteError) {
            guard let sender else { return }
            try Rows.noteInbound(from: sender, at: min(message.sentAt ?? now, now), in: db)
        }

        private func isFirst() throws(SQLiteError) -> Bool {
            try db.run(
                "INSERT OR IGNORE INTO received_messages (id, received_at) VALUES (?, ?)",
                message.id, now)
            return db.changes == 1
        }

        private func quote() throws(SQLiteError) -> Login.Quote {
            guard let quoted = message.quotedMessageID else { return .nothing }
            let sent = try Rows.sentMessage(quoted, in: db)
            return sent.map { .message(of: $0.login) } ?? .unknownMessage
        }
    }
}
