/// What follows from an answer.
extension AnswerTransaction {
    /// Writes a login that has been confirmed or denied, and what follows.
    mutating func settle(_ login: inout Login, blocks: Bool = true) async throws(StoreError) {
        result.changes.append(AnswerResult.Change(login))
        if login.state == .confirmed { return try await confirm(&login) }
        try await Rows.update(login, in: db)
        try await Rows.record(
            .loginDenied, phone: login.phone, user: login.user, login: login.id, at: now, in: db)
        if blocks, let block = policy.denyBlock {
            // Where the provider knows the phone by another number, prompts to that go there, too.
            let phones = [login.phone, sender.flatMap { PhoneNumber(waID: $0) }].compactMap { $0 }
            for phone in Set(phones) { try await Rows.block(phone, until: now + block, in: db) }
        }
        guard let family = login.family else { return }
        try await Rows.end(family, at: now, in: db)
        result.ended.append(family)
    }

    /// Finds or makes the login's user; begins its tokens, if a page waits for them.
    private mutating func confirm(_ login: inout Login) async throws(StoreError) {
        guard let phone = login.phone else { return }
        let known = try await Rows.user(phone: phone, in: db)
        let user =
            known ?? User(id: incoming.newUser, phone: phone, name: login.name, createdAt: now)
        if known == nil {
            try await Rows.insert(user, into: db)
            try await Rows.record(
                .accountCreated, phone: phone, user: user.id, login: login.id, at: now, in: db)
        }
        login.user = user.id
        login.isNewUser = known == nil
        if let (family, token) = begin(login, user.id) {
            try await Rows.insert(family, of: login.device, into: db)
            login.handOut(family.id)
            result.handover = FirstPair(
                login: login.id, user: user, isNew: login.isNewUser, token: token)
        }
        try await Rows.update(login, in: db)
        try await Rows.record(
            .loginConfirmed, phone: phone, user: user.id, login: login.id, at: now, in: db)
        guard let family = login.family else { return }
        try await Rows.record(
            .tokensIssued, phone: phone, user: user.id, login: login.id, family: family, at: now,
            in: db)
    }

    /// Ends logins that nobody may answer any more.
    mutating func end(
        _ logins: [Login], as state: Login.State, _ event: AuditEvent
    ) async throws(StoreError) {
        for var login in logins where login.end(as: state, at: now) {
            try await Rows.update(login, in: db)
            try await Rows.record(event, phone: login.phone, login: login.id, at: now, in: db)
            result.changes.append(AnswerResult.Change(login))
        }
    }

    // MARK: The sender

    /// Notes what a message tells of its sender.
    mutating func noteSender() async throws(StoreError) {
        guard let sender else { return }
        if message.sender.waID != nil, let id = message.sender.userID {
            try await Rows.note(userID: id, of: sender, at: sentAt, in: db)
        }
        if let hash = message.sender.identityHash {
            try await noteIdentity(hash, of: sender, sentAt)
        }
        guard let phone = PhoneNumber(waID: sender) else { return }
        try await Rows.noteInbound(from: phone, at: sentAt, in: db)
    }

    /// Somebody else may hold the phone now: what was asked of the former holder is void.
    private mutating func noteIdentity(
        _ hash: String, of sender: String, _ time: Timestamp
    ) async throws(StoreError) {
        guard try await Rows.note(identity: hash, of: sender, at: time, in: db) else { return }
        try await Rows.record(.identityChanged, phone: PhoneNumber(waID: sender), at: now, in: db)
        try await cancelPending()
    }

    private mutating func cancelPending() async throws(StoreError) {
        guard let sender else { return }
        for login in try await Rows.cancelPending(of: sender, at: now, in: db) {
            result.changes.append(AnswerResult.Change(login))
        }
    }

    /// Applies what WhatsApp says about a number.
    mutating func apply(_ change: Answer.Change) async throws(StoreError) {
        let phone = sender.flatMap { PhoneNumber(waID: $0) }
        switch change {
        case .userID:
            if let id = message.sender.userID {
                try await Rows.part(userID: id, at: sentAt, in: db)
            }
            if let sender { try await Rows.partUserIDs(of: sender, at: sentAt, in: db) }
        case .identity:
            if let hash = message.sender.identityHash, let sender {
                _ = try await Rows.note(identity: hash, of: sender, at: sentAt, in: db)
            }
            try await Rows.record(.identityChanged, phone: phone, at: now, in: db)
            try await cancelPending()
        case .number:
            guard let phone else { return }
            try await cancelPending()
            try await part(from: phone)
        }
    }

    /// The holder of a number has another one now: the next holder is somebody else.
    private func part(from phone: PhoneNumber) async throws(StoreError) {
        for variant in phone.variants {
            try await Rows.partUserIDs(of: variant.digits, at: sentAt, in: db)
            try await Rows.forget(contact: variant.digits, at: now, in: db)
            try await Rows.noteChange(of: variant, at: sentAt, in: db)
        }
        let user = try await Rows.user(phone: phone, in: db)
        if let user { try await Rows.detach(user.id, in: db) }
        try await Rows.record(.numberChanged, phone: phone, user: user?.id, at: now, in: db)
    }
}
