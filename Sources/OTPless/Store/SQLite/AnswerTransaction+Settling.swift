/// What follows from an answer.
extension AnswerTransaction {
    /// Writes a login that has been confirmed or denied, and what follows.
    mutating func settle(_ login: inout Login, blocks: Bool = true) throws(SQLiteError) {
        result.changes.append(AnswerResult.Change(login: login.id, state: login.state))
        if login.state == .confirmed { return try confirm(&login) }
        try Rows.update(login, in: db)
        try Rows.record(
            .loginDenied, phone: login.phone, user: login.user, login: login.id, at: now, in: db)
        if blocks, let block = policy.denyBlock {
            // Where the provider knows the phone by another number, prompts to that go there, too.
            let phones = [login.phone, sender.flatMap { PhoneNumber(waID: $0) }].compactMap { $0 }
            for phone in Set(phones) { try Rows.block(phone, until: now + block, in: db) }
        }
        guard let family = login.family else { return }
        try Rows.end(family, at: now, in: db)
        result.ended.append(family)
    }

    /// Finds or makes the login's user; begins its tokens, if a page waits for them.
    private mutating func confirm(_ login: inout Login) throws(SQLiteError) {
        guard let phone = login.phone else { return }
        let known = try Rows.user(phone: phone, in: db)
        let user =
            known ?? User(id: incoming.newUser, phone: phone, name: login.name, createdAt: now)
        if known == nil {
            try Rows.insert(user, into: db)
            try Rows.record(
                .accountCreated, phone: phone, user: user.id, login: login.id, at: now, in: db)
        }
        login.user = user.id
        login.isNewUser = known == nil
        if let (family, token) = begin(login.id, user.id) {
            try Rows.insert(family, of: login.device, into: db)
            login.handOut(family.id)
            result.handover = FirstPair(
                login: login.id, user: user, isNew: login.isNewUser, token: token)
        }
        try Rows.update(login, in: db)
        try Rows.record(
            .loginConfirmed, phone: phone, user: user.id, login: login.id, at: now, in: db)
        guard let family = login.family else { return }
        try Rows.record(
            .tokensIssued, phone: phone, user: user.id, login: login.id, family: family, at: now,
            in: db)
    }

    /// Ends logins that nobody may answer any more.
    mutating func end(
        _ logins: [Login], as state: Login.State, _ event: AuditEvent
    ) throws(SQLiteError) {
        for var login in logins where login.end(as: state, at: now) {
            try Rows.update(login, in: db)
            try Rows.record(event, phone: login.phone, login: login.id, at: now, in: db)
            result.changes.append(AnswerResult.Change(login: login.id, state: state))
        }
    }

    // MARK: The sender

    /// Notes what a message tells of its sender.
    mutating func noteSender() throws(SQLiteError) {
        guard let sender else { return }
        if message.sender.waID != nil, let id = message.sender.userID {
            try Rows.note(userID: id, of: sender, at: sentAt, in: db)
        }
        if let hash = message.sender.identityHash { try noteIdentity(hash, of: sender, sentAt) }
        guard let phone = PhoneNumber(waID: sender) else { return }
        try Rows.noteInbound(from: phone, at: sentAt, in: db)
    }

    /// Somebody else may hold the phone now: what was asked of the former holder is void.
    private mutating func noteIdentity(
        _ hash: String, of sender: String, _ time: Timestamp
    ) throws(SQLiteError) {
        guard try Rows.note(identity: hash, of: sender, at: time, in: db) else { return }
        try Rows.record(.identityChanged, phone: PhoneNumber(waID: sender), at: now, in: db)
        try cancelPending()
    }

    private mutating func cancelPending() throws(SQLiteError) {
        guard let sender else { return }
        for login in try Rows.cancelPending(of: sender, at: now, in: db) {
            result.changes.append(AnswerResult.Change(login: login.id, state: login.state))
        }
    }

    /// Applies what WhatsApp says about a number.
    mutating func apply(_ change: Answer.Change) throws(SQLiteError) {
        let phone = sender.flatMap { PhoneNumber(waID: $0) }
        switch change {
        case .userID:
            if let id = message.sender.userID { try Rows.part(userID: id, at: sentAt, in: db) }
            if let sender { try Rows.partUserIDs(of: sender, at: sentAt, in: db) }
        case .identity:
            if let hash = message.sender.identityHash, let sender {
                _ = try Rows.note(identity: hash, of: sender, at: sentAt, in: db)
            }
            try Rows.record(.identityChanged, phone: phone, at: now, in: db)
            try cancelPending()
        case .number:
            guard let phone else { return }
            try cancelPending()
            try part(from: phone)
        }
    }

    /// The holder of a number has another one now: the next holder is somebody else.
    private func part(from phone: PhoneNumber) throws(SQLiteError) {
        for variant in phone.variants {
            try Rows.partUserIDs(of: variant.digits, at: sentAt, in: db)
            try Rows.forget(contact: variant.digits, at: now, in: db)
            try Rows.noteChange(of: variant, at: sentAt, in: db)
        }
        let user = try Rows.user(phone: phone, in: db)
        if let user { try Rows.detach(user.id, in: db) }
        try Rows.record(.numberChanged, phone: phone, user: user?.id, at: now, in: db)
    }
}
