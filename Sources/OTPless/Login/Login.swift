/// One attempt to sign in: from the page's request until its outcome is forgotten.
public struct Login: Sendable {
    /// What is stored of a login's progress.
    ///
    /// That a pending login has expired follows from the clock.
    public enum State: Int, Sendable {
        case pending, confirmed, denied, failed, cancelled
        /// The phone that answered does not show its number.
        case numberHidden

        /// The word for logs.
        var name: String {
            switch self {
            case .pending: "pending"
            case .confirmed: "confirmed"
            case .denied: "denied"
            case .failed: "failed"
            case .cancelled: "cancelled"
            case .numberHidden: "numberHidden"
            }
        }
    }

    /// How it was started.
    public enum Method: Int, CaseIterable, Sendable {
        /// The server asks the phone.
        case prompt
        /// The person sends the page's code.
        case link

        /// The word that clients use.
        public var name: String { self == .prompt ? "prompt" : "link" }
    }

    /// How far the provider says the message has come; it never goes back.
    public enum Delivery: Int, Comparable, Sendable {
        case queued, sent, delivered, read

        /// Whether the left stage comes before the right one.
        public static func < (left: Delivery, right: Delivery) -> Bool {
            left.rawValue < right.rawValue
        }

        /// The word clients see.
        public var text: String { "\(self)" }
    }

    /// Which message asks.
    ///
    /// A login has one of each at most; the template follows the buttons.
    public enum MessageKind: Int, Comparable, Sendable {
        /// An interactive message with reply buttons: only within 24 h of the person's own message.
        case buttons
        /// An approved template: at any time.
        case template
        /// The question for a number to somebody who hides it: it goes to a person, not to a phone.
        case contact

        /// Whether the left kind is tried before the right one.
        public static func < (left: MessageKind, right: MessageKind) -> Bool {
            left.rawValue < right.rawValue
        }
    }

    /// What is known of the browser or app that asked.
    public struct Device: Hashable, Sendable {
        /// The `User-Agent` header, at most 256 characters.
        public var userAgent: String?

        /// The client's address.
        public var ip: String?

        /// `web`, `ios` or `android`.
        public var type: String?

        /// Where the app gets its notifications.
        public var notificationDeviceID: String?

        /// The BCP 47 tags of the languages wanted, with commas, the most wanted first.
        public var locale: String?

        /// The languages wanted.
        public var languages: [String] { (locale ?? "").split(separator: ",").map { String($0) } }

        /// A device of which nothing is known yet.
        public init() {}
    }

    /// The id.
    public let id: LoginID

    /// The hash of the page's secret.
    public let sessionDigest: Digest

    /// The hash of the secret in the message's buttons.
    public var answerDigest: Digest

    /// The S256 challenge of the page that asked (RFC 7636): only whoever knows the verifier may
    /// collect the tokens.
    public let codeChallenge: CodeChallenge?

    /// How it was started.
    public let method: Method

    /// The number to be proved; nil for a link that any phone may answer, until one has.
    public var phone: PhoneNumber?

    /// The keyed hash of the page's code, for a link.
    public let codeDigest: [UInt8]?

    /// The number that the page shows, where number matching is on.
    public var matchNumber: MatchNumber?

    /// When the page asked.
    public let createdAt: Timestamp

    /// When it can no longer be confirmed.
    public let expiresAt: Timestamp

    /// The name for an account that this login creates.
    public var name: String?

    /// Who asked.
    public var device: Device

    /// Where it stands.
    public var state = State.pending

    /// How far the message has come.
    public var delivery = Delivery.queued

    /// Which message asks.
    public var message = MessageKind.buttons

    /// When the page's code came, where that alone confirms nothing.
    public var codeSentAt: Timestamp?

    /// The user id of whoever sent the code without showing a number, until they do.
    public var hiddenSender: String?

    /// The provider's id of the phone that the message went to, where it differs from the number.
    public var waID: String?

    /// When it was confirmed, denied, failed or cancelled.
    public var endedAt: Timestamp?

    /// Who it signs in, once confirmed.
    public var user: UserID?

    /// Whether the confirmation created the account.
    public var isNewUser = false

    /// The refresh family of the pair that was handed over last.
    public var family: FamilyID?

    /// When the page said that it has its tokens.
    public var acknowledgedAt: Timestamp?

    /// The node where its page waits; nil where there is only one, or no page yet.
    public internal(set) var node: NodeID?

    /// How many pairs of tokens it has handed out.
    public internal(set) var handovers = 0

    /// A new pending login.
    public init(
        id: LoginID, sessionDigest: Digest, answerDigest: Digest, codeChallenge: CodeChallenge?,
        phone: PhoneNumber?, codeDigest: [UInt8]? = nil, matchNumber: MatchNumber? = nil,
        createdAt: Timestamp, expiresAt: Timestamp, name: String? = nil, device: Device = Device()
    ) {
        self.id = id
        self.sessionDigest = sessionDigest
        self.answerDigest = answerDigest
        self.codeChallenge = codeChallenge
        self.phone = phone
        method = codeDigest == nil ? .prompt : .link
        self.codeDigest = codeDigest
        self.matchNumber = matchNumber
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.name = name
        self.device = device
    }
}
