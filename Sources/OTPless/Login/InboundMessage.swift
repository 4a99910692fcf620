/// A message that somebody sent to the business, as a provider's webhook tells it.
public struct InboundMessage: Sendable {
    /// What it holds.
    public enum Content: Sendable {
        /// A tap on a button of ours.
        case button(AnswerPayload)
        /// Typed text.
        case text(String)
        /// Whatever else: it answers nothing.
        case other
    }

    /// The provider's id: the same message twice changes nothing.
    public let id: String

    /// The sender's `wa_id`: digits.
    public let sender: String

    /// When it was sent, by the provider's clock.
    public let sentAt: Timestamp?

    /// The message that it quotes, where the provider says so.
    public let quotedMessageID: String?

    /// What it holds.
    public let content: Content

    /// A message.
    public init(
        id: String, sender: String, sentAt: Timestamp?, quotedMessageID: String? = nil,
        content: Content
    ) {
        self.id = id
        self.sender = sender
        self.sentAt = sentAt
        self.quotedMessageID = quotedMessageID
        self.content = content
    }
}

/// What an inbound message says about logins.
enum Answer: Sendable {
    /// About the login whose button was tapped.
    case button(AnswerPayload)
    /// About whatever is pending for the sender.
    case word(AnswerPayload.Verb)

    /// What a message says; nil when it is no answer.
    init?(_ message: InboundMessage, _ policy: AnswerPolicy) {
        switch message.content {
        case .button(let payload): self = .button(payload)
        case .text(let text):
            guard policy.typedWords, let verb = TypedWord.verb(of: text) else { return nil }
            self = .word(verb)
        case .other: return nil
        }
    }

    /// Whether the person confirms or denies.
    var verb: AnswerPayload.Verb {
        switch self {
        case .button(let payload): payload.verb
        case .word(let verb): verb
        }
    }
}

/// What the operator lets answers do.
public struct AnswerPolicy: Sendable {
    /// Whether typed words count beside buttons.
    public var typedWords = true

    /// For how long a deny keeps new prompts from a number; nil: not at all.
    public var denyBlock: Duration? = .seconds(600)

    /// The defaults.
    public init() {}
}
