/// What is remembered of a number beside its account.
public struct Contact: Sendable {
    /// When somebody with that number last wrote to the business.
    public private(set) var lastInboundAt: Timestamp?

    /// Until when no prompt is sent there, because one was denied.
    public private(set) var blockedUntil: Timestamp?

    /// For how long after a person's message a business may send what is no template.
    static let window = Duration.seconds(86_400)

    /// What a message needs to get there before the window closes.
    private static let margin = Duration.seconds(60)

    /// How many wrong numbers it has sent since the last right one.
    private(set) var failedMatches: Int

    /// Since when prompts are kept from it, until the operator lifts that.
    private(set) var lockedAt: Timestamp?

    /// How many wrong numbers in a row lock it (NIST SP 800-63B-4 §3.2.2).
    static let mostFailedMatches = 100

    /// For how long that is remembered, and who holds the number.
    static let memory = Duration.seconds(90 * 86_400)

    init(
        lastInboundAt: Timestamp? = nil, blockedUntil: Timestamp? = nil, failedMatches: Int = 0,
        lockedAt: Timestamp? = nil
    ) {
        self.lastInboundAt = lastInboundAt
        self.blockedUntil = blockedUntil
        self.failedMatches = failedMatches
        self.lockedAt = lockedAt
    }

    /// Adds what is known under another spelling of the number.
    mutating func merge(_ other: Contact) {
        lastInboundAt = [lastInboundAt, other.lastInboundAt].compactMap { $0 }.max()
        blockedUntil = [blockedUntil, other.blockedUntil].compactMap { $0 }.max()
        failedMatches = max(failedMatches, other.failedMatches)
        lockedAt = [lockedAt, other.lockedAt].compactMap { $0 }.min()
    }

    /// Whether the 24 h window is open as far as we know.
    func isWindowOpen(at now: Timestamp) -> Bool {
        lastInboundAt.map { now < $0 + Self.window - Self.margin } ?? false
    }

    /// The longest block that can be set.
    static let longestBlock = Duration.seconds(86_400)

    /// For how long prompts are still blocked; nil when they are not.
    ///
    /// A block that has longer to run than any can is one of a clock that has been set back since.
    func block(at now: Timestamp) -> Duration? {
        blockedUntil.map { $0 - now }.flatMap { $0 > .zero && $0 <= Self.longestBlock ? $0 : nil }
    }
}
