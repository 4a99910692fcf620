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

    /// For how long after its end a login still answers with its outcome.
    public static let memory = Duration.seconds(600)

    /// Where the login stands at that time.
    public func standing(at now: Timestamp) -> Standing {
        let end = endedAt ?? expiresAt
        if now >= end + Self.memory { return .forgotten }
        switch state {
        case .pending: return now < expiresAt ? .pending : .ended(.sessionExpired)
        case .denied: return .ended(.loginDenied)
        case .failed: return .ended(.messageUndeliverable)
        case .cancelled: return .ended(.sessionCancelled)
        case .confirmed:
            let isOpen = acknowledgedAt == nil && now < end + Self.collectionTime
            return isOpen ? .confirmed : .over
        }
    }

    /// Whether a sender is the phone that the message went to.
    ///
    /// Never by suffix: numbers of different countries share their last digits.
    public func isFor(sender: String) -> Bool {
        sender == waID ?? phone.digits || sender == phone.digits
    }

    /// Applies a button's answer: the first one wins, but a deny soon after a confirmation takes the
    /// login back.
    ///
    /// - Returns: whether the login changed.
    public mutating func apply(_ answer: Answer, at now: Timestamp) -> Bool {
        guard isFor(sender: answer.sender), answerDigest.matches(answer.payload.secret) else {
            return false
        }
        switch answer.payload.verb {
        case .confirm:
            guard standing(at: now) == .pending else { return false }
            state = .confirmed
        case .deny:
            guard standing(at: now) == .pending || isRevocable(at: now) else { return false }
            state = .denied
        }
        endedAt = now
        return true
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

/// What a phone answered, as a provider's webhook tells it.
public struct Answer: Sendable {
    /// The provider's id of the incoming message: the same one twice changes nothing.
    public let messageID: String

    /// The sender's `wa_id`: digits.
    public let sender: String

    /// What the button carried.
    public let payload: AnswerPayload

    /// The message that the answer quotes, where the provider says so.
    public let quotedMessageID: String?

    /// An answer.
    public init(
        messageID: String, sender: String, payload: AnswerPayload, quotedMessageID: String?
    ) {
        self.messageID = messageID
        self.sender = sender
        self.payload = payload
        self.quotedMessageID = quotedMessageID
    }
}

/// What a provider reports of a message it was given.
public struct DeliveryReport: Sendable {
    /// How far it has come, or that it failed.
    public enum Progress: Sendable {
        case reached(Login.Delivery)
        case failed
    }

    /// The provider's id of the message.
    public let messageID: String

    /// The login it was sent for, where the provider echoes our callback data.
    public let login: LoginID?

    /// How far.
    public let progress: Progress

    /// A report.
    public init(messageID: String, login: LoginID?, progress: Progress) {
        self.messageID = messageID
        self.login = login
        self.progress = progress
    }
}

extension Login {
    /// Applies a delivery report.
    ///
    /// A message that was delivered once did not fail, whatever comes later.
    ///
    /// - Returns: whether the login changed.
    public mutating func apply(_ report: DeliveryReport, at now: Timestamp) -> Bool {
        guard standing(at: now) == .pending else { return false }
        switch report.progress {
        case .reached(let stage):
            guard stage > delivery else { return false }
            delivery = stage
            return true
        case .failed:
            return delivery < .delivered && end(as: .failed, at: now)
        }
    }
}
