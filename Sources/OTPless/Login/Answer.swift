/// What an inbound message says about logins.
enum Answer: Sendable {
    /// About the login whose button was tapped.
    case button(AnswerPayload)
    /// About whatever is pending for the sender.
    case word(AnswerPayload.Verb)
    /// About the login whose page shows the number.
    case number(MatchNumber)
    /// About the login whose page shows the code.
    case codes(LinkCode.Candidates)
    /// About the logins whose codes the sender has sent without showing a number.
    case contact([PhoneNumber], isRequested: Bool)
    /// About all that is pending for the number.
    case change(Change)

    /// What WhatsApp says about a number rather than the person.
    enum Change: Sendable {
        case number, userID, identity
    }

    /// What a message says; nil when it is no answer.
    init?(_ message: InboundMessage, _ policy: AnswerPolicy) {
        switch message.content {
        case .button(let payload): self = .button(payload)
        case .text(let text):
            guard let answer = Self.typed(text, policy) else { return nil }
            self = answer
        case .contact(let phones, let isRequested):
            self = .contact(phones, isRequested: isRequested)
        case .numberChanged: self = .change(.number)
        case .userIDChanged: self = .change(.userID)
        case .identityChanged: self = .change(.identity)
        case .other: return nil
        }
    }

    private static func typed(_ text: String, _ policy: AnswerPolicy) -> Answer? {
        if policy.confirmation == .match, let number = MatchNumber(typed: text) {
            return .number(number)
        }
        if policy.typedWords, let verb = TypedWord.verb(of: text) { return .word(verb) }
        let candidates = LinkCode.candidates(in: text)
        return candidates.codes.isEmpty && !candidates.isWrittenAsCode ? nil : .codes(candidates)
    }
}

/// What confirms a login.
public enum Confirmation: String, Sendable {
    /// A tap on the message's button, or the page's code.
    case tap
    /// The number that the page shows, typed on the phone.
    case match
}

/// What the operator lets answers do.
public struct AnswerPolicy: Sendable {
    /// What confirms.
    public var confirmation = Confirmation.tap

    /// Whether typed words count beside buttons.
    public var typedWords = true

    /// For how long a deny keeps new prompts from a number; nil: not at all.
    public var denyBlock: Duration? = .seconds(600)

    /// How many wrong codes a sender may send before its codes are ignored; nil: any number.
    public var codeLimit: RateLimit? = RateLimit([RateLimit.Rate(10, per: .seconds(3600))])

    /// Whose numbers may sign in; nil: all.
    public var countries: CountryList?

    /// The defaults.
    public init() {}
}

extension AnswerPolicy {
    /// Whether a phone may sign in at all.
    func admits(_ phone: PhoneNumber) -> Bool { countries?.admits(phone) ?? true }
}

/// A message with all that a transaction needs to apply it.
public struct IncomingAnswer: Sendable {
    let message: InboundMessage

    /// What it says, if it says anything about logins.
    let answer: Answer?

    /// The keyed hashes of what may be codes.
    let codeDigests: [[UInt8]]

    /// The user that a confirmation makes of a new number.
    let newUser: UserID

    /// What the buttons of a question carry that the answer calls for.
    let secret: [UInt8]

    /// Reads a message.
    package init(
        _ message: InboundMessage, _ policy: AnswerPolicy, codeKey: HMACKey, at now: Timestamp,
        _ entropy: Entropy
    ) {
        self.message = message
        answer = Answer(message, policy)
        if case .codes(let candidates) = answer {
            // Always in the same order: their logins are locked in it.
            codeDigests = candidates.codes.map { $0.digest(codeKey) }
                .sorted { $0.lexicographicallyPrecedes($1) }
        } else {
            codeDigests = []
        }
        newUser = .make(at: now, entropy)
        secret = entropy.bytes(SecretReference.secretLength)
    }
}
