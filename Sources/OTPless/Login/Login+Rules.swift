extension Login {
    /// What a login means to whoever asks for it at some moment.
    public enum Standing: Hashable, Sendable {
        /// The answer is awaited.
        case pending
        /// Confirmed, and its tokens may be handed over.
        case confirmed
        /// Ended without tokens.
        case ended(Failure.Code)
        /// Confirmed, and its tokens were acknowledged or not fetched in time.
        case over
        /// So long ago that nothing is said of it any more.
        case forgotten
    }

    /// For how long after its confirmation an unacknowledged login hands out tokens.
    public static let collectionTime = Duration.seconds(120)

    /// How many pairs it hands out at most: each leaves a row for as long as families live.
    public static let mostHandovers = 100

    /// For how long after its end a login still answers with its outcome.
    public static let memory = Duration.seconds(600)

    /// Where the login stands at that time.
    public func standing(at now: Timestamp) -> Standing {
        let end = endedAt ?? expiresAt
        if now >= end + Self.memory { return .forgotten }
        switch state {
        case .pending where now < expiresAt: return .pending
        case .pending: return .ended(hiddenSender == nil ? .sessionExpired : .phoneNumberHidden)
        case .denied: return .ended(.loginDenied)
        case .failed: return .ended(.messageUndeliverable)
        case .cancelled: return .ended(.sessionCancelled)
        case .numberHidden: return .ended(.phoneNumberHidden)
        case .confirmed:
            let isOpen =
                acknowledgedAt == nil && now < end + Self.collectionTime
                && handovers < Self.mostHandovers
            return isOpen ? .confirmed : .over
        }
    }

    /// Makes a family the one whose pair is handed out.
    mutating func handOut(_ family: FamilyID) {
        self.family = family
        handovers += 1
    }

    /// Whether a sender is the phone that the message went to: the one that the provider named, or
    /// the number in one of its country's spellings.
    ///
    /// Never by suffix: numbers of different countries share their last digits.
    public func isFor(sender: String) -> Bool {
        sender == waID || phone?.variants.contains { $0.digits == sender } ?? false
    }

    /// Whether the phone has been asked, or has answered with the page's code: what it says then is
    /// about this login.
    var isKnownToPhone: Bool { method == .prompt || codeSentAt != nil }

    /// Applies a button's answer: the first one wins, but a deny soon after a confirmation takes the
    /// login back.
    ///
    /// - Returns: whether the login changed.
    public mutating func apply(
        _ payload: AnswerPayload, from sender: String, at now: Timestamp
    ) -> Bool {
        guard isFor(sender: sender), answerDigest.matches(payload.secret) else { return false }
        switch payload.verb {
        case .confirm: return end(as: .confirmed, at: now)
        case .deny:
            guard standing(at: now) == .pending || isRevocable(at: now) else { return false }
            state = .denied
            endedAt = now
            return true
        }
    }

    private func isRevocable(at now: Timestamp) -> Bool {
        guard state == .confirmed, let endedAt else { return false }
        return now < endedAt + Self.memory
    }

    /// Ends a login that nobody has answered yet.
    ///
    /// - Returns: whether the login changed.
    public mutating func end(as outcome: State, at now: Timestamp) -> Bool {
        guard standing(at: now) == .pending else { return false }
        state = outcome
        endedAt = now
        return true
    }
}

extension Login {
    /// How much a provider's clock may be behind ours.
    private static let clockTolerance = Duration.seconds(10)

    /// Which of the logins pending for a sender a typed word answers.
    ///
    /// A word names no login, so it counts only where it cannot be meant for another one: an
    /// affirmative word when one prompt alone is pending; each word only for logins that it can be
    /// an answer to by its time; and none when it quotes a message of something else.
    static func answered(
        by verb: AnswerPayload.Verb, sentAt: Timestamp?, quoting quoted: Quote, among all: [Login],
        at now: Timestamp
    ) -> [Login] {
        let pending = all.filter { $0.standing(at: now) == .pending }
        guard let sentAt, quoted.isConsistent(with: pending) else { return [] }
        let meant = pending.filter { sentAt >= $0.createdAt - clockTolerance }
        switch verb {
        case .confirm:
            let prompts = pending.filter { $0.method == .prompt }
            return prompts.count == 1 ? meant.filter { $0.method == .prompt } : []
        case .deny: return meant
        }
    }

    /// Which of the logins known to a phone a typed number confirms; nil when it says nothing of them.
    ///
    /// None is an answer, too: the person has no such number before them, so nobody of those who ask
    /// is in front of the page.
    static func answered(
        by number: MatchNumber, quoting quoted: Quote, among all: [Login], at now: Timestamp
    ) -> (confirmed: Login?, pending: [Login])? {
        let pending = all.filter { $0.standing(at: now) == .pending && $0.isKnownToPhone }
        guard !pending.isEmpty, quoted.isConsistent(with: pending) else { return nil }
        let meant = pending.filter { login in
            guard case .message(let id) = quoted else { return true }
            return login.id == id
        }
        return (meant.first { $0.matchNumber == number }, pending)
    }

    /// What a message quotes.
    enum Quote {
        case nothing
        case message(of: LoginID)
        case unknownMessage

        func isConsistent(with logins: [Login]) -> Bool {
            switch self {
            case .nothing: true
            case .message(let login): logins.contains { $0.id == login }
            case .unknownMessage: false
            }
        }
    }
}
