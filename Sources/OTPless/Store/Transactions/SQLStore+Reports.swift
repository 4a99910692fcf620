extension SQLStore {
    /// Applies delivery reports.
    public func apply(
        _ reports: [DeliveryReport], at now: Timestamp
    ) async throws(StoreError) -> [ReportResult] {
        try await perform { db async throws(StoreError) in
            var results = [[ReportResult]](repeating: [], count: reports.count)
            for (index, report) in reports.inOrder {
                results[index] = try await ReportTransaction(now: now, db: db).apply(report)
            }
            return results.flatMap { $0 }
        }
    }
}

extension [DeliveryReport] {
    /// Each with its index, in the order in which their logins are locked.
    ///
    /// Always the same, so that two webhooks never wait for each other; those on one message stay in theirs.
    fileprivate var inOrder: [(index: Int, report: DeliveryReport)] {
        enumerated()
            .map { (key: $1.reference?.login.description ?? $1.messageID, index: $0, report: $1) }
            .sorted { ($0.key, $0.index) < ($1.key, $1.index) }
            .map { ($0.index, $0.report) }
    }
}

/// One delivery report in the open transaction.
private struct ReportTransaction {
    let now: Timestamp
    let db: Transaction

    func apply(_ told: DeliveryReport) async throws(StoreError) -> [ReportResult] {
        var report = told
        let known = try await Rows.sentMessage(report.messageID, in: db)
        // The report may come before the answer to the send, which names the message.
        guard let message = known ?? report.reference else { return [] }
        try await lock(report, message.login)
        guard var login = try await Rows.login(message.login, in: db) else { return [] }
        // What went to a user id tells nothing of the number that the login names.
        var results = message.kind == .contact ? [] : try await note(report, on: login)
        // Another holder of the phone has ended this login, too.
        if let ended = results.first(where: { $0.login.id == login.id }) { login = ended.login }
        // No template follows a deny.
        if report.templateSecret != nil, let phone = login.phone,
            try await Rows.contact(phone, in: db).block(at: now) != nil
        {
            report.templateSecret = nil
        }
        let effect = login.apply(report, on: message.kind, at: now)
        guard effect != .none else { return results }
        try await Rows.update(login, in: db)
        if login.state == .failed {
            try await Rows.record(
                .loginFailed, phone: login.phone, login: login.id, at: now, in: db)
        }
        results.append(ReportResult(report: report, login: login, effect: effect))
        return results
    }

    /// What a report tells of a phone's holder may end what is pending for the phone.
    private func lock(_ report: DeliveryReport, _ id: LoginID) async throws(StoreError) {
        guard db.isShared, report.recipient?.userID ?? report.recipient?.identityHash != nil,
            let phone = try await db.first(Rows.login(id), locking: false)?.phone
        else { return }
        try await Rows.lock([.prompts(to: phone)], at: now, in: db)
    }

    /// Notes who a message went to: what was sent to a number tells the user id of its holder, and
    /// whether that is still the one that was asked.
    private func note(
        _ report: DeliveryReport, on login: Login
    ) async throws(StoreError) -> [ReportResult] {
        guard let recipient = report.recipient, let phone = login.phone else { return [] }
        let waID = recipient.waID ?? login.waID ?? phone.digits
        let time = min(report.sentAt ?? now, now)
        if let id = recipient.userID { try await Rows.note(userID: id, of: waID, at: time, in: db) }
        guard let hash = recipient.identityHash,
            try await Rows.note(identity: hash, of: waID, at: time, in: db)
        else { return [] }
        try await Rows.record(.identityChanged, phone: phone, at: now, in: db)
        return try await Rows.cancelPending(of: waID, at: now, in: db).map { login in
            ReportResult(report: report, login: login, effect: .changed)
        }
    }
}
