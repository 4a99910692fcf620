import Metrics

extension Logins {
    /// What whoever asks for a login gets.
    public enum Outcome: Sendable {
        /// The answer is awaited.
        case pending(Login)
        /// Confirmed: a fresh pair; the one handed out before has been ended.
        case confirmed(Grant, isNewUser: Bool)
        /// Ended, with the code that says how.
        case ended(Failure.Code)
        /// Confirmed, and its tokens are no longer to be had.
        case over
    }

    /// Where a login stands now; a confirmed one hands out its tokens.
    ///
    /// - Throws: `SESSION_NOT_FOUND` when it is forgotten; `SERVICE_UNAVAILABLE`.
    public func outcome(of login: Login) async throws(Failure) -> Outcome {
        switch login.standing(at: clock.now) {
        case .pending: return .pending(login)
        case .confirmed: return try await collect(login)
        case .ended(let code): return .ended(code)
        case .over: return .over
        case .forgotten: throw Failure(.sessionNotFound)
        }
    }

    private func collect(_ login: Login) async throws(Failure) -> Outcome {
        guard let user = login.user else { throw Failure(.internalError) }
        let (family, token) = tokens.begin(for: user, login: login.id)
        let now = clock.now
        let handover = try await log.guarding { () async throws(StoreError) in
            try await store.collect(family, for: login.id, at: now)
        }
        switch handover {
        case .collected(let user, let isNew, let ended):
            if let ended { tokens.refuse([ended]) }
            return grant(token, to: user, of: login.id, isNew: isNew)
        case .refused(.ended(let code)): return .ended(code)
        case .refused: return .over
        }
    }

    /// The pair of a family that has just been stored.
    func grant(_ token: RefreshToken, to user: User, of login: LoginID, isNew: Bool) -> Outcome {
        metrics.handovers.add()
        log.write(
            .info, "tokens handed over",
            ["login": .text("\(login)"), "user": .text("\(user.id)")])
        return .confirmed(tokens.grant(token, to: user), isNewUser: isNew)
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
        case .ended(.sessionCancelled): events.publish(LoginEvent(id))
        case .ended(let code): throw Failure(code)
        case .confirmed, .over: throw Failure(.alreadyConfirmed)
        case .pending, .forgotten: throw Failure(.sessionNotFound)
        }
    }
}
