import Metrics

extension Logins {
    /// What whoever asks for a login gets.
    public enum Outcome: Sendable {
        /// The answer is awaited.
        case pending(Login)
        /// Confirmed: a fresh pair; the one handed out before has been ended.
        case confirmed(Grant, isNewUser: Bool)
        /// Confirmed; the tokens are to be claimed.
        case ready
        /// Ended, with the code that says how.
        case ended(Failure.Code)
        /// Confirmed, and its tokens are no longer to be had.
        case over
    }

    /// Where a login stands now; a confirmed one hands out its tokens.
    ///
    /// - Throws: `SESSION_NOT_FOUND` when it is forgotten; `SERVICE_UNAVAILABLE`.
    public func outcome(of login: Login) async throws(Failure) -> Outcome {
        try await outcome(of: login, handsOver: true, to: nil) ?? .over
    }

    /// The same for a page that waits here on a socket; nil when another one has taken its place.
    ///
    /// - Parameter handsOver: If not, it is only told that there are tokens.
    public func outcome(
        of login: Login, handsOver: Bool, toPage isThere: @escaping @Sendable () -> Bool
    ) async throws(Failure) -> Outcome? {
        try await outcome(
            of: login, handsOver: handsOver, to: PagePlace(node: events.node, isThere: isThere))
    }

    private func outcome(
        of login: Login, handsOver: Bool, to page: PagePlace?
    ) async throws(Failure) -> Outcome? {
        switch login.standing(at: clock.now) {
        case .pending: return .pending(login)
        case .confirmed: return handsOver ? try await collect(login, to: page) : .ready
        case .ended(.sessionExpired): return try await lastOutcome(of: login, handsOver, to: page)
        case .ended(let code): return .ended(code)
        case .over: return .over
        case .forgotten: throw Failure(.sessionNotFound)
        }
    }

    /// An answer that came in time may wait for its commit: what is behind it in the queue sees it.
    private func lastOutcome(
        of login: Login, _ handsOver: Bool, to page: PagePlace?
    ) async throws(Failure) -> Outcome? {
        guard let settled = try await change(login.id, by: { _, _ in false }) else {
            throw Failure(.sessionNotFound)
        }
        switch settled.standing(at: clock.now) {
        case .confirmed: return handsOver ? try await collect(settled, to: page) : .ready
        case .ended(let code): return .ended(code)
        default: return .over
        }
    }

    private func collect(
        _ login: Login, to page: PagePlace?
    ) async throws(Failure) -> Outcome? {
        guard let user = login.user else { throw Failure(.internalError) }
        let (family, token) = tokens.begin(for: user, login: login.id)
        let now = clock.now
        let handover = try await log.guarding { () async throws(StoreError) in
            try await store.collect(family, for: login.id, to: page, at: now)
        }
        switch handover {
        case .collected(let user, let isNew, let ended):
            if let ended { tokens.refuse([ended]) }
            let grant = tokens.grant(token, to: user)
            note(grant, handedOverFor: login.id)
            return .confirmed(grant, isNewUser: isNew)
        case .refused(.ended(let code)): return .ended(code)
        case .refused: return .over
        case .replaced: return nil
        }
    }

    private func note(_ grant: Grant, handedOverFor login: LoginID) {
        metrics.handovers.add()
        log.write(
            .info, "tokens handed over",
            ["login": .text("\(login)"), "user": .text("\(grant.user.id)")])
    }

    /// Whether the tokens that a hint brings may be told: not those that a deny has ended since.
    public func handOver(_ event: LoginEvent) -> Bool {
        guard case .confirmed(let grant, _) = event.outcome, tokens.areLive(grant) else {
            return false
        }
        note(grant, handedOverFor: event.login)
        return true
    }

    /// Whether tokens that were handed over have been ended since.
    public func isRevoked(_ family: FamilyID) -> Bool { tokens.isRefused(family) }

    /// Ends the tokens that a hint brought to nobody; a page that comes back gets others.
    ///
    /// Should the store fail now, they stay as if their page had died a moment later.
    public func withdraw(_ event: LoginEvent) async {
        guard case .confirmed(let grant, _) = event.outcome else { return }
        try? await store.retract(grant.family, at: clock.now)
    }

    /// Notes that the page has its tokens; repeatable.
    ///
    /// With a family, only if that is the pair that was handed over last: a page that was given one
    /// which has been replaced since must not close the login to the page that has the present one.
    /// - Throws: `NOT_CONFIRMED` before the confirmation; the code of another outcome.
    public func acknowledge(
        _ login: Login, holding family: FamilyID? = nil
    ) async throws(Failure) {
        switch login.standing(at: clock.now) {
        case .pending: throw Failure(.notConfirmed)
        case .ended(let code): throw Failure(code)
        case .over where login.acknowledgedAt != nil: return
        case .over: throw Failure(.sessionExpired)
        case .forgotten: throw Failure(.sessionNotFound)
        case .confirmed:
            _ = try await change(login.id) { login, now in
                guard login.acknowledgedAt == nil, family == nil || family == login.family else {
                    return false
                }
                login.acknowledgedAt = now
                return true
            }
        }
    }

    /// Gives a login up; repeatable.
    ///
    /// - Throws: `ALREADY_CONFIRMED` after the confirmation; the code of another outcome.
    public func cancel(_ id: LoginID) async throws(Failure) {
        let changed = try await end(id, as: .cancelled, counted: .cancelled)
        guard let login = changed else { throw Failure(.sessionNotFound) }
        switch login.standing(at: clock.now) {
        case .ended(.sessionCancelled): events.publish(LoginEvent(id), waitingAt: login.node)
        case .ended(let code): throw Failure(code)
        case .confirmed, .over: throw Failure(.alreadyConfirmed)
        case .pending, .forgotten: throw Failure(.sessionNotFound)
        }
    }
}
