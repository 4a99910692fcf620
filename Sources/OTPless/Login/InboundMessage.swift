/// Who a message comes from, as far as the provider tells.
public struct Sender: Hashable, Sendable {
    /// The phone's `wa_id`, digits; nil where the person hides the number.
    public var waID: String?

    /// The person's id for this business, which stays while the number does; nil from providers that
    /// have none.
    public var userID: String?

    /// What changes with the device or the person that holds the number, where the provider tells it.
    public var identityHash: String?

    /// A sender.
    public init(waID: String?, userID: String? = nil, identityHash: String? = nil) {
        self.waID = waID
        self.userID = userID
        self.identityHash = identityHash
    }
}

/// A message that somebody sent to the business, as a provider's webhook tells it.
public struct InboundMessage: Sendable {
    /// What it holds.
    public enum Content: Sendable {
        /// A tap on a button of ours.
        case button(AnswerPayload)
        /// Typed text.
        case text(String)
        /// Cards with these numbers; sent on request, it is WhatsApp that says whose they are.
        case contact([PhoneNumber], isRequested: Bool)
        /// WhatsApp says that the sender has moved to another number.
        case numberChanged
        /// WhatsApp says that the sender's user id is another one now.
        case userIDChanged
        /// WhatsApp says that another device, or person, holds the number now.
        case identityChanged
        /// Whatever else: it answers nothing.
        case other
    }

    /// The provider's id: the same message twice changes nothing.
    public let id: String

    /// Who sent it.
    public let sender: Sender

    /// When it was sent, by the provider's clock.
    public let sentAt: Timestamp?

    /// The message that it quotes, where the provider says so.
    public let quotedMessageID: String?

    /// What it holds.
    public let content: Content

    /// A message.
    public init(
        id: String, sender: Sender, sentAt: Timestamp?, quotedMessageID: String? = nil,
        content: Content
    ) {
        self.id = id
        self.sender = sender
        self.sentAt = sentAt
        self.quotedMessageID = quotedMessageID
        self.content = content
    }

    /// A message of somebody who shows a number and has no user id, for tests.
    package init(
        id: String, sender waID: String, sentAt: Timestamp?, quotedMessageID: String? = nil,
        content: Content
    ) {
        self.init(
            id: id, sender: Sender(waID: waID), sentAt: sentAt, quotedMessageID: quotedMessageID,
            content: content)
    }
}
