/// What a message from a phone changed.
public struct AnswerResult: Sendable {
    /// What it made of logins, or would have if there had been any; nil when it said nothing of them.
    public internal(set) var outcome: Login.State?

    /// What it made of which logins.
    public internal(set) var changes: [Change] = []

    /// A login that a message changed.
    public struct Change: Sendable {
        /// Which.
        public let login: LoginID

        /// What it is now.
        public let state: Login.State

        /// Where its page waits, as far as that is known.
        let node: NodeID?

        init(_ login: Login) {
            (self.login, state, node) = (login.id, login.state, login.node)
        }
    }

    /// The logins that it changed.
    public var changed: [LoginID] { changes.map(\.login) }

    /// Whether it was good for anything.
    var isApplied: Bool { !changes.isEmpty || question != nil }

    /// The families of tokens that a late deny has ended.
    public internal(set) var ended: [FamilyID] = []

    /// The tokens that were made with a confirmation.
    public internal(set) var handover: FirstPair?

    /// What the sender has to be asked next.
    public internal(set) var question: Question?

    init() {}
}

/// What a phone is asked after it has sent a page's code.
public enum Question: Sendable {
    /// Which number its page shows; with the secret of the deny button.
    case number(Login, secret: [UInt8])
    /// Its own number.
    case contact(Login, userID: String)
}

/// The tokens of a login that was confirmed while its page waited.
public struct FirstPair: Sendable {
    /// The login.
    public let login: LoginID

    /// Whose they are.
    public let user: User

    /// Whether the confirmation made the user.
    public let isNew: Bool

    /// The first refresh token of the login's family.
    public let token: RefreshToken

    /// Begins a family for a login of a user; nil where no page waits for it.
    public typealias Maker =
        @Sendable (Login, UserID) -> (
            family: RefreshFamily, token: RefreshToken
        )?
}

/// What a delivery report changed.
public struct ReportResult: Sendable {
    /// The report.
    public let report: DeliveryReport

    /// The login as it is now.
    public let login: Login

    /// What that means.
    public let effect: Login.ReportEffect
}

/// What handing out a login's tokens came to.
public enum Handover: Sendable {
    /// The new family is the login's; the one handed out before is ended.
    case collected(User, isNew: Bool, ended: FamilyID?)

    /// The login does not stand at `confirmed`.
    case refused(Login.Standing)

    /// The page that was to have the tokens is no longer the one that waits.
    case replaced
}

/// Where a page waits on a socket, and whether it still does.
public struct PagePlace: Sendable {
    /// Its node; nil where there is but one.
    let node: NodeID?

    /// Any thread may ask.
    let isThere: @Sendable () -> Bool

    package init(node: NodeID?, isThere: @escaping @Sendable () -> Bool) {
        (self.node, self.isThere) = (node, isThere)
    }
}

/// A family that was ended, and the login whose page may still hold its tokens.
public struct EndedFamily: Hashable, Sendable {
    /// The family.
    public let id: FamilyID

    /// The login that began it.
    public let login: LoginID
}
