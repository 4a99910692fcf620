extension SQLiteStore {
    /// Applies what phones sent.
    public func receive(
        _ messages: [InboundMessage], newUsers: [UserID], policy: AnswerPolicy,
        begin: @escaping FirstPair.Maker, at now: Timestamp
    ) async throws(StoreError) -> [AnswerResult] {
        try await writer.perform { db throws(SQLiteError) in
            var results: [AnswerResult] = []
            for (message, newUser) in zip(messages, newUsers) {
                let change = Change(
                    message: message, newUser: newUser, policy: policy, begin: begin, now: now,
                    db: db)
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
        let begin: FirstPair.Maker
        let now: Timestamp
        let db: SQLiteConnection

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
                try write(login, &result)
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

        /// Writes a login that has been answered, and what follows from the answer.
        private func write(_ answered: Login, _ result: inout AnswerResult) throws(SQLiteError) {
            var login = answered
            if login.state == .confirmed {
                result.handover = try confirm(&login)
            } else if let block = policy.denyBlock {
                try Rows.block(login.phone, until: now + block, in: db)
                // Where the provider knows the phone by another number, prompts to that go there, too.
                if let sender { try Rows.block(sender, until: now + block, in: db) }
            }
            try Rows.update(login, in: db)
            guard login.state == .denied, let family = login.family else { return }
            try Rows.end(family, at: now, in: db)
            result.ended.append(family)
        }

        /// Finds or makes the login's user; its tokens, if a page waits for them.
        private func confirm(_ login: inout Login) throws(SQLiteError) -> FirstPair? {
            let known = try Rows.user(phone: login.phone, in: db)
            let user =
                known ?? User(id: newUser, phone: login.phone, name: login.name, createdAt: now)
            if known == nil { try Rows.insert(user, into: db) }
            login.user = user.id
            login.isNewUser = known == nil
            guard let (family, token) = begin(login.id, user.id) else { return nil }
            try Rows.insert(family, of: login.device, into: db)
            login.handOut(family.id)
            return FirstPair(user: user, isNew: login.isNewUser, token: token)
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
