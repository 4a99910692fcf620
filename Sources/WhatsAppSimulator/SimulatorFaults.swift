/// What the simulator does wrong, on demand; nothing at first.
///
/// Faults are exact: the same faults and the same requests give the same answers and webhooks.
public struct SimulatorFaults: Sendable, Hashable {
    /// What holds for each phone that has no faults of its own.
    public var all = PhoneFaults()

    /// The phones that have faults of their own, by their digits; those of `all` do not hold for them.
    public var phones: [String: PhoneFaults] = [:]

    /// No faults.
    public init() {}

    /// The faults that hold for a phone; a phone to which some are given has them of its own.
    public subscript(phone: String) -> PhoneFaults {
        get { phones[phone] ?? all }
        set { phones[phone] = newValue }
    }

    /// Counts a send and returns what goes wrong with it.
    mutating func takeSend(to phone: String) -> SendFault? {
        guard phones[phone] != nil else { return all.takeSend() }
        return phones[phone]?.takeSend()
    }
}

/// What goes wrong with one phone, or with all.
public struct PhoneFaults: Sendable, Hashable {
    /// The customer service window: 24 hours from when the person last wrote or tapped.
    public enum Window: String, CaseIterable, Sendable {
        /// Open, whether the person wrote or not.
        case open
        /// As at WhatsApp.
        case enforced
        /// Closed, although the person may have written.
        case closed
    }

    /// What the phone does with a message that has buttons.
    public enum Answers: String, CaseIterable, Sendable {
        /// Nothing, until somebody taps.
        case byHand
        /// Taps the first of several buttons, and shares the number when asked for it.
        case confirm
        /// Taps the last button.
        case decline
    }

    /// Who answers messages; the phone answers once their statuses have been reported.
    public var answers = Answers.byHand

    /// What happens to a message that the business sends.
    public var send: SendFault?

    /// How long the answer to a send takes; the message is on the phone at once.
    public var answerDelay = Duration.zero

    /// How long every webhook is held back.
    public var webhookDelay = Duration.zero

    /// How often every webhook is delivered.
    public var copies = 1

    /// Whether what is reported together comes the last first: `delivered` before `sent`.
    public var reversed = false

    /// Whether the webhooks about a send come before its answer.
    public var beforeAnswer = false

    /// The statuses that are reported; the others are lost.
    public var statuses = Set(DeliveryStatus.allCases)

    /// How many updates share a delivery, at most 1,000.
    ///
    /// They wait until there are that many, of all phones, or until faults are set or cleared.
    public var batch = 1

    /// Whether answers (taps and choices) come without the context that names the message.
    public var omitsContext = false

    /// Whether webhooks come without the contacts beside messages and statuses.
    public var omitsContacts = false

    /// When the business may send something else than a template.
    public var window = Window.open

    /// Whether a message outside the window is taken first and fails later.
    public var windowFailsLater = false

    /// Whether webhooks name the person by the user id alone, as those of user names may.
    public var hidesNumber = false

    /// No faults.
    public init() {}

    fileprivate mutating func takeSend() -> SendFault? {
        guard let fault = send else { return nil }
        guard let next = fault.next else { return fault }
        send?.next = next - 1
        if next <= 1 { send = nil }
        return fault
    }
}

/// What happens to a message that the business sends.
public struct SendFault: Sendable, Hashable {
    /// What the business is told.
    public enum Answer: Sendable, Hashable {
        /// A Graph error of this code.
        case error(Int)

        /// A page of HTML: what stands before the API has failed.
        case page

        /// 200 and nothing else.
        case empty

        /// 200 as ever; then a webhook says `failed`, with this code.
        case failure(Int)
    }

    /// What the business is told.
    public var answer: Answer

    /// The HTTP status; nil: that of the error's code, 502 for a page, 200 for an empty answer.
    public var status: Int?

    /// The `Retry-After` header, in seconds.
    public var retryAfter: Int?

    /// Minutes until access is regained, for the `X-Business-Use-Case-Usage` header.
    public var regainAccess: Int?

    /// Whether the message reaches the phone although the answer does not say so.
    public var arrives = false

    /// How many sends it holds for, at least 1; nil: until it is taken back.
    public var next: Int?

    /// A fault with this answer, for the next sends or until it is taken back.
    public init(_ answer: Answer, next: Int? = nil) {
        self.answer = answer
        self.next = next
    }
}
