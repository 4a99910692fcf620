/// A new login in the open transaction.
struct AdmissionTransaction {
    let terms: AdmissionTerms
    let now: Timestamp
    let db: Transaction

    /// Stores a login if it may be started.
    func admit(_ login: Login) async throws(StoreError) -> Admission {
        var limits = self.limits(of: login)
        try await lock(login.phone, limits)
        if let digest = login.codeDigest, try await Rows.login(codeDigest: digest, in: db) != nil {
            return .codeTaken
        }
        var contact: Contact?
        if let phone = login.phone { contact = try await Rows.contact(phone, in: db) }
        limits = try await read(limits)
        if login.method == .prompt, let phone = login.phone, let contact,
            let refusal = try await refusal(of: phone, contact, limits)
        {
            return refusal
        }
        var login = login
        if let source = terms.matchNumbers {
            guard let number = try await number(for: login, source) else {
                return .refused(for: login.expiresAt - now, by: .numbers)
            }
            login.matchNumber = number
        }
        try await Rows.insert(login, into: db)
        for limit in limits {
            try await Rows.count(limit.subject, limit.rates, after: limit.log, at: now, in: db)
        }
        // Of a link there is a record once somebody has sent its code: anybody may make as many links
        // as they like.
        if login.method == .prompt {
            try await Rows.record(
                .loginStarted, phone: login.phone, login: login.id, at: now, in: db)
        }
        return .admitted(login, contact ?? Contact())
    }

    /// What is decided here rests on what else is asked of the phone, and by the network.
    private func lock(_ phone: PhoneNumber?, _ limits: [Limit]) async throws(StoreError) {
        guard let phone else { return }
        try await Rows.lock([.prompts(to: phone)] + limits.map(\.subject), at: now, in: db)
    }

    /// What keeps prompts from a phone, if anything does.
    private func refusal(
        of phone: PhoneNumber, _ contact: Contact, _ limits: [Limit]
    ) async throws(StoreError) -> Admission? {
        var waits: [(obstacle: Obstacle, time: Duration)] = []
        if let time = contact.block(at: now) { waits.append((.denied, time)) }
        for limit in limits {
            guard let time = limit.log.wait(limit.rates, at: now) else { continue }
            waits.append((limit.obstacle, time))
        }
        // Whoever comes back when it is over is not refused for another reason.
        let longest = waits.max { $0.time < $1.time }
        guard longest != nil || contact.lockedAt != nil else { return nil }
        let subject = limits.first { $0.obstacle == longest?.obstacle }?.subject
        try await record(longest?.obstacle, phone, counted: subject ?? .prompts(to: phone))
        guard contact.lockedAt == nil, let longest else { return .locked }
        return .refused(for: longest.time, by: longest.obstacle)
    }

    /// Records the first refusal since something was counted: a stranger must not fill the disk.
    private func record(
        _ obstacle: Obstacle?, _ phone: PhoneNumber, counted subject: LimitSubject
    ) async throws(StoreError) {
        guard try await Rows.isFirstRefusal(subject, in: db) else { return }
        try await Rows.record(
            .loginRefused, phone: phone, detail: obstacle?.rawValue ?? "locked", at: now, in: db)
    }

    /// A limit that a login must keep.
    private struct Limit {
        let obstacle: Obstacle
        let subject: LimitSubject
        let rates: RateLimit
        /// What has been counted, once it is read.
        var log = RateLog()
    }

    /// Prompts are limited, links are not.
    private func limits(of login: Login) -> [Limit] {
        guard login.method == .prompt, let phone = login.phone else { return [] }
        let byPhone = terms.phoneLimit.map {
            Limit(obstacle: .phone, subject: .prompts(to: phone), rates: $0)
        }
        let byNetwork = terms.networkLimit.flatMap { rates in
            terms.network.map {
                Limit(obstacle: .network, subject: .prompts(from: $0), rates: rates)
            }
        }
        return [byPhone, byNetwork].compactMap { $0 }
    }

    private func read(_ limits: [Limit]) async throws(StoreError) -> [Limit] {
        let logs = try await Rows.logs(of: limits.map(\.subject), in: db)
        return limits.map { limit in
            var limit = limit
            limit.log = logs[limit.subject] ?? RateLog()
            return limit
        }
    }

    /// How many links that only name a phone may keep a number from another page of it: anybody may
    /// start them, and with many could choose the number that is left.
    private static let mostUnasked = 10

    /// A number that no other page shows which waits for the same phone; nil when there is none left.
    ///
    /// A link is never refused: it ends its namesakes when its code comes.
    private func number(
        for login: Login, _ source: Entropy
    ) async throws(StoreError) -> MatchNumber? {
        guard let phone = login.phone else { return .make(besides: [], source) }
        let pending = try await Rows.pendingLogins(of: phone.digits, at: now, in: db)
            .filter { $0.standing(at: now) == .pending }
        let asked = pending.filter(\.isKnownToPhone)
        let others = pending.count - asked.count <= Self.mostUnasked ? pending : asked
        let number = MatchNumber.make(besides: Set(others.compactMap(\.matchNumber)), source)
        return number ?? (login.method == .link ? .make(besides: [], source) : nil)
    }
}
