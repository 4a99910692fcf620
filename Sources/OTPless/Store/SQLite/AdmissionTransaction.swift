/// A new login in the open transaction.
struct AdmissionTransaction {
    let terms: AdmissionTerms
    let now: Timestamp
    let db: SQLiteConnection

    /// Stores a login if it may be started.
    func admit(_ login: Login) throws(SQLiteError) -> Admission {
        if let digest = login.codeDigest, try Rows.login(codeDigest: digest, in: db) != nil {
            return .codeTaken
        }
        let contact = try login.phone.map { phone throws(SQLiteError) in
            try Rows.contact(phone, in: db)
        }
        if login.method == .prompt, let phone = login.phone, let contact,
            let refusal = try refusal(of: phone, contact)
        {
            return refusal
        }
        var login = login
        if let source = terms.matchNumbers {
            let taken = try takenNumbers(besides: login)
            guard let number = MatchNumber.make(besides: taken, source) else {
                return .refused(for: login.expiresAt - now)
            }
            login.matchNumber = number
        }
        try Rows.insert(login, into: db)
        try count(login)
        try Rows.record(
            .loginStarted, phone: login.phone, login: login.id, detail: "\(login.method)", at: now,
            in: db)
        return .admitted(login, contact ?? Contact())
    }

    /// What keeps prompts from a phone, if anything does.
    private func refusal(
        of phone: PhoneNumber, _ contact: Contact
    ) throws(SQLiteError) -> Admission? {
        if contact.lockedAt != nil { return .locked }
        if let time = contact.block(at: now) { return .refused(for: time) }
        for (subject, limit) in limits(phone) {
            guard let time = try Rows.wait(subject, limit, at: now, in: db) else { continue }
            if try Rows.isFirstRefusal(subject, in: db) {
                try Rows.record(.loginRefused, phone: phone, at: now, in: db)
            }
            return .refused(for: time)
        }
        return nil
    }

    private func count(_ login: Login) throws(SQLiteError) {
        guard login.method == .prompt, let phone = login.phone else { return }
        for (subject, limit) in limits(phone) {
            try Rows.count(subject, limit, at: now, in: db)
        }
    }

    private func limits(_ phone: PhoneNumber) -> [(LimitSubject, RateLimit?)] {
        [(.prompts(to: phone), terms.phoneLimit)]
            + (terms.network.map { [(.prompts(from: $0), terms.networkLimit)] } ?? [])
    }

    /// The numbers on the pages that wait for the same phone.
    private func takenNumbers(besides login: Login) throws(SQLiteError) -> Set<MatchNumber> {
        guard let phone = login.phone else { return [] }
        let pending = try Rows.pendingLogins(of: phone.digits, in: db)
            .filter { $0.standing(at: now) == .pending }
        return Set(pending.compactMap(\.matchNumber))
    }
}
