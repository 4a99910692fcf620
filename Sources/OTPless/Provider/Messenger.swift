public import Loop

/// A question to the phone that is to be proved.
public struct Prompt: Sendable {
    /// What is asked.
    public enum Subject: Sendable {
        /// To confirm or to deny.
        case confirmation
        /// For the number that the page shows, or to deny.
        case number
        /// For the phone's own number.
        case contact
    }

    /// Where a message goes.
    public enum Recipient: Sendable {
        case phone(PhoneNumber)
        /// The provider's id of a person who does not show a number.
        case user(String)
    }

    /// The login it asks about.
    public let login: LoginID

    /// What is asked.
    public let subject: Subject

    /// Where to.
    public let recipient: Recipient

    /// The number it goes to; nil where that is not known.
    public var phone: PhoneNumber? {
        guard case .phone(let phone) = recipient else { return nil }
        return phone
    }

    /// What the confirm button carries.
    public let confirm: AnswerPayload

    /// What the deny button carries.
    public let deny: AnswerPayload

    /// Who asks, as people know it.
    public let appName: String

    /// The browser and system that asked, where they are known.
    public let device: String?

    /// When they asked.
    public let time: Timestamp

    /// BCP 47 tags of the languages wanted, the most wanted first.
    public let languages: [String]

    /// A question about a login, with the secret that its buttons are to carry.
    init(
        _ login: Login, _ subject: Subject, to recipient: Recipient, secret: [UInt8],
        appName: String
    ) {
        self.login = login.id
        self.subject = subject
        self.recipient = recipient
        confirm = AnswerPayload(.confirm, login: login.id, secret: secret)
        deny = AnswerPayload(.deny, login: login.id, secret: secret)
        self.appName = appName
        device = login.device.name
        time = login.createdAt
        languages = login.device.languages
    }
}

/// What the provider said when it took a message.
public struct SentMessage: Sendable {
    /// The provider's id of the message.
    public let id: String

    /// The recipient's `wa_id`, where the provider tells it.
    public let waID: String?

    package init(id: String, waID: String?) {
        self.id = id
        self.waID = waID
    }
}

/// Why a message was not sent: for the log, never for the client.
public struct SendFailure: Error, Sendable, CustomStringConvertible {
    /// What can be done about it.
    public enum Reason: Sendable {
        /// The person has not written within 24 h: only a template reaches them.
        case windowClosed
        /// Nothing, for this login.
        case other
    }

    /// What can be done.
    public let reason: Reason

    /// Whether the person may have got the message all the same.
    public let mayHaveArrived: Bool

    /// The provider's error code, or libcurl's word.
    public let description: String

    package init(
        _ reason: Reason = .other, mayHaveArrived: Bool = false, description: String
    ) {
        self.reason = reason
        self.mayHaveArrived = mayHaveArrived
        self.description = description
    }
}

/// How a prompt is to be sent.
public struct SendTerms: Sendable {
    /// As what.
    public let kind: Login.MessageKind

    /// When whoever waits for it stops waiting.
    public let deadline: Moment

    /// Whether it is still to be sent, asked before each further try.
    public let isWanted: @Sendable () async -> Bool
}

/// Sends messages through a WhatsApp provider.
public protocol Messenger: Sendable {
    /// Whether there is a template to send outside the 24 h window.
    var hasTemplate: Bool { get }

    /// Sends a question; returns once the provider has taken or refused it, at the deadline at the latest.
    func send(
        _ prompt: Prompt, _ terms: SendTerms, on loop: isolated EventLoop
    ) async -> Result<SentMessage, SendFailure>
}
