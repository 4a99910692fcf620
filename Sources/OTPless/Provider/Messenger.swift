public import Loop

/// A question to the phone that is to be proved.
public struct Prompt: Sendable {
    /// The login it asks about; providers echo it in their status reports.
    public let login: LoginID

    /// Where to.
    public let phone: PhoneNumber

    /// What the confirm button carries.
    public let confirm: AnswerPayload

    /// What the deny button carries.
    public let deny: AnswerPayload

    /// Who asks, as people know it.
    public let appName: String
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
    /// The provider's error code, or libcurl's word.
    public let description: String

    package init(description: String) {
        self.description = description
    }
}

/// Sends messages through a WhatsApp provider.
public protocol Messenger: Sendable {
    /// Sends a prompt; returns once the provider has taken or refused it.
    func send(
        _ prompt: Prompt, on loop: isolated EventLoop
    ) async -> Result<SentMessage, SendFailure>
}
