/// What a provider reports of a message it was given.
public struct DeliveryReport: Sendable {
    /// How far it has come, or that it failed.
    public enum Progress: Sendable {
        case reached(Login.Delivery)
        case failed(SendFailure)
    }

    /// The provider's id of the message.
    public let messageID: String

    /// What we called the message, where the provider echoes it.
    public let reference: MessageReference?

    /// When, by the provider's clock.
    public let sentAt: Timestamp?

    /// Who it went to, where the provider tells it.
    public let recipient: Sender?

    /// How far; nil where nobody is told.
    public internal(set) var progress: Progress?

    /// The secret for a template's buttons, should this report call for one.
    var templateSecret: [UInt8]?

    /// A report.
    public init(
        messageID: String, reference: MessageReference?, sentAt: Timestamp? = nil,
        recipient: Sender? = nil, progress: Progress
    ) {
        self.sentAt = sentAt
        self.messageID = messageID
        self.reference = reference
        self.recipient = recipient
        self.progress = progress
    }
}

/// What we call a message: providers echo it in each report, also when the answer to the send, with
/// their own id, was lost.
///
/// Shape: the login's id, with `.template` or `.contact` behind it where it is one of those.
public struct MessageReference: Hashable, Sendable {
    /// The login it asks about.
    public let login: LoginID

    /// Which of the login's messages.
    public let kind: Login.MessageKind

    /// A message of a login.
    public init(_ login: LoginID, _ kind: Login.MessageKind) {
        self.login = login
        self.kind = kind
    }

    /// Reads what a provider echoes; nil for what is not ours.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let login = LoginID(String(parts[0])),
            let kind = Self.marks.first(where: { $0.mark == text.dropFirst(parts[0].count) })?.kind
        else { return nil }
        self.init(login, kind)
    }

    /// What the provider is given.
    public var text: String {
        login.description + (Self.marks.first { $0.kind == kind }?.mark ?? "")
    }

    private static let marks: [(kind: Login.MessageKind, mark: String)] = [
        (.buttons, ""), (.template, ".template"), (.contact, ".contact"),
    ]
}

extension Login {
    /// What a delivery report means to a login.
    public enum ReportEffect: Sendable {
        /// Nothing that was not known.
        case none
        /// The login has changed.
        case changed
        /// The message could not be delivered outside the 24 h window: the template must be sent,
        /// with the new secret.
        case needsTemplate
    }

    /// Applies a report on a message of this login.
    ///
    /// A message that was delivered once did not fail, whatever comes later; a message that has been
    /// replaced by the template tells nothing any more.
    /// - Parameter kind: Which message the report is about.
    public mutating func apply(
        _ report: DeliveryReport, on kind: MessageKind, at now: Timestamp
    ) -> ReportEffect {
        guard let progress = report.progress, standing(at: now) == .pending else { return .none }
        if kind == .contact { return applyContact(progress, at: now) ? .changed : .none }
        guard kind >= message else { return .none }
        message = kind
        switch progress {
        case .reached(let stage):
            guard stage > delivery else { return .none }
            delivery = stage
            return .changed
        case .failed where delivery >= .delivered: return .none
        case .failed(let failure):
            guard failure.reason == .windowClosed, kind == .buttons, phone != nil,
                let secret = report.templateSecret
            else { return end(as: .failed, at: now) ? .changed : .none }
            message = .template
            // Whatever the undelivered message carried is void.
            answerDigest = Digest(of: secret)
            return .needsTemplate
        }
    }

    /// The question for a hidden number did not get there: nobody will answer it.
    private mutating func applyContact(
        _ progress: DeliveryReport.Progress, at now: Timestamp
    ) -> Bool {
        guard case .failed = progress, hiddenSender != nil else { return false }
        return end(as: .numberHidden, at: now)
    }
}
