/// On what terms a login is admitted.
public struct AdmissionTerms: Sendable {
    /// How often a phone may be prompted.
    public var phoneLimit: RateLimit?

    /// How often a network may ask for prompts.
    public var networkLimit: RateLimit?

    /// The client's network: an IPv4 address, the first half of an IPv6 one.
    public var network: String?

    /// Where the number that the page shows comes from; nil without number matching.
    public var matchNumbers: Entropy?

    /// No limits, no number matching.
    public init() {}
}

/// What became of a new login.
public enum Admission: Sendable {
    /// It is stored; with what is known of its phone.
    case admitted(Login, Contact)
    /// It is not: something keeps prompts from its phone for that long.
    case refused(for: Duration, by: Obstacle)
    /// It is not: prompts to its phone are locked until the operator lifts that.
    case locked
    /// It is not: another login's page shows the same code.
    case codeTaken
}

/// What keeps a prompt from being sent for a while.
public enum Obstacle: String, Sendable {
    /// The phone has denied one.
    case denied
    /// The phone has got as many as it may.
    case phone
    /// The client's network has asked for as many as it may.
    case network
    /// The phone has a prompt for each number that a page could show.
    case numbers
}

/// What the operator lifted of what kept a person from signing in.
public enum Lifted: String, CaseIterable, Sendable {
    /// The lock that 100 wrong numbers in a row bring.
    case lock
    /// What counted towards it.
    case wrongNumbers = "wrong numbers"
    /// The block that follows a deny.
    case denyBlock = "deny block"
    /// The prompts that were counted.
    case prompts
    /// The wrong link codes that were counted.
    case wrongCodes = "wrong codes"
}
