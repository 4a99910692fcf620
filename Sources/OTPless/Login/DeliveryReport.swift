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

    /// Who it went to, where the provider tells it.
    public let recipient: Sender?

    /// How far; nil where nobody is told.
    public internal(set) var progress: Progress?

    /// The secret for a template's buttons, should this report call for one.
    var templateSecret: [UInt8]?

    /// A report.
    public init(
        messageID: String, reference: MessageReference?, recipient: Sender? = nil,
        progress: Progress
    ) {
        self.messageID = messageID
        self.reference = reference
        self.recipient = recipient
        self.progress = progress
    }
}

/// What we call a message: providers echo it in each report, also when the answer to the send, with
/// their own id, was lost.
///
/// Shape: the login's id, for the template with `.template` behind it.
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
        let isTemplate = text.hasSuffix(Self.mark)
        guard let login = LoginID(isTemplate ? String(text.dropLast(Self.mark.count)) : text) else {
            return nil
        }
        self.init(login, isTemplate ? .template : .buttons)
    }

    /// What the provider is given.
    public var text: String { login.description + (kind == .template ? Self.mark : "") }

    private static let mark = ".template"
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
        guard let progress = report.progress, standing(at: now) == .pending, kind >= message else {
            return .none
        }
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
            else {
                return end(as: hiddenSender == nil ? .failed : .numberHidden, at: now)
                    ? .changed : .none
            }
            message = .template
            // Whatever the undelivered message carried is void.
            answerDigest = Digest(of: secret)
            return .needsTemplate
        }
    }
}
