/// Codes of the link method, and numbers that their senders do not show.
extension AnswerTransaction {
    /// A text with what may be codes: exactly one that is shown by a page counts.
    mutating func apply(_ candidates: LinkCode.Candidates) async throws(StoreError) {
        guard let who = sender ?? message.sender.userID else { return }
        let guesses = LimitSubject.wrongCodes(of: who)
        // Whoever has guessed too often is not heard, or the right guess would be, too.
        guard try await Rows.wait(guesses, policy.codeLimit, at: now, in: db) == nil else {
            return try await noteSender()
        }
        let live = try await liveLogins()
        guard !live.isEmpty || candidates.isWrittenAsCode else { return try await noteSender() }
        result.outcome = live.isEmpty ? nil : .confirmed
        guard try await isFirst() else { return }
        try await noteSender()
        if live.isEmpty {
            try await Rows.count(guesses, policy.codeLimit, at: now, in: db)
            return try await Rows.record(
                .codeWrong, phone: sender.flatMap { PhoneNumber(waID: $0) }, at: now, in: db)
        }
        // Read again: another holder of the phone ends what was pending for it.
        guard live.count == 1, let login = try await Rows.login(live[0].id, in: db),
            try await quote().isConsistent(with: [login])
        else { return }
        try await join(login)
    }

    /// The logins whose pages show one of the codes.
    private func liveLogins() async throws(StoreError) -> [Login] {
        var live: [Login] = []
        for digest in incoming.codeDigests {
            guard let login = try await Rows.login(codeDigest: digest, in: db),
                login.standing(at: now) == .pending
            else { continue }
            live.append(login)
        }
        return live
    }

    /// The code has come: from a phone, or from somebody who does not show one.
    private mutating func join(_ found: Login) async throws(StoreError) {
        var login = found
        guard login.standing(at: now) == .pending, login.codeSentAt == nil else { return }
        if let sender, let phone = PhoneNumber(waID: sender) {
            return try await proceed(&login, with: phone)
        }
        // Whoever hides the number does not keep the page from a phone that shows one.
        guard let userID = message.sender.userID, login.hiddenSender == nil else { return }
        let isAsked = try await !Rows.logins(hiddenSender: userID, at: now, in: db).isEmpty
        login.hiddenSender = userID
        try await Rows.update(login, in: db)
        try await Rows.record(
            .loginJoined, login: login.id, detail: "number hidden", at: now, in: db)
        // One question for all codes of a person.
        if !isAsked { result.question = .contact(login, userID: userID) }
    }

    /// The phone is known: it is the user, or is asked for the number that the page shows.
    private mutating func proceed(
        _ login: inout Login, with phone: PhoneNumber
    ) async throws(StoreError) {
        guard login.phone == nil || login.isFor(sender: phone.digits), policy.admits(phone) else {
            return
        }
        if login.phone == nil { login.phone = phone }
        if login.phone != phone { login.waID = phone.digits }
        login.hiddenSender = nil
        guard policy.confirmation == .match else {
            _ = login.end(as: .confirmed, at: now)
            return try await settle(&login)
        }
        login.codeSentAt = now
        try await endNamesakes(of: login, phone)
        login.answerDigest = Digest(of: incoming.secret)
        try await Rows.update(login, in: db)
        try await Rows.record(.loginJoined, phone: phone, login: login.id, at: now, in: db)
        result.question = .number(login, secret: incoming.secret)
    }

    /// Two pages with one number for one phone: the one whose code the phone has sent stays.
    private mutating func endNamesakes(
        of login: Login, _ phone: PhoneNumber
    ) async throws(StoreError) {
        let others = try await Rows.askedLogins(of: phone.digits, at: now, in: db).filter {
            $0.id != login.id && $0.matchNumber == login.matchNumber
        }
        try await end(others, as: .cancelled, .loginCancelled)
    }

    /// A card with a number: the sender's own if WhatsApp was asked for it, else anybody's.
    mutating func apply(_ phones: [PhoneNumber], isRequested: Bool) async throws(StoreError) {
        guard let userID = message.sender.userID else { return }
        let waiting = try await Rows.logins(hiddenSender: userID, at: now, in: db)
        guard !waiting.isEmpty else { return }
        result.outcome = .confirmed
        guard isRequested, phones.count == 1 else {
            return try await end(waiting, as: .numberHidden, .loginFailed)
        }
        try await Rows.note(userID: userID, of: phones[0].digits, at: sentAt, in: db)
        // Each of their codes was sent by this person; one question a message, so the last one is asked.
        for var login in waiting { try await proceed(&login, with: phones[0]) }
    }
}
