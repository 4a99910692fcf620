import Loop

/// Says that something about a login has changed: a hint to look into the store.
public struct LoginEvent: Sendable {
    /// Which login.
    public let login: LoginID

    /// The tokens that were made with the confirmation, for the page that was waiting; whoever does
    /// not want them looks into the store as always.
    public let outcome: Logins.Outcome?

    /// A login whose row has just been committed.
    public init(_ login: LoginID, _ outcome: Logins.Outcome? = nil) {
        self.login = login
        self.outcome = outcome
    }
}

/// Where hints are published after the commit, and where whoever waits hears of them: here, or at
/// other nodes.
public final class LoginEvents: Sendable {
    /// Called on the publisher's thread; it must only pass the hint on, and says whether anybody is there.
    public typealias Subscriber = @Sendable (LoginEvent) -> Bool

    /// Passes a hint on to a node, to all others without one.
    public typealias Relay = @Sendable (Hint, NodeID?) -> Void

    /// This node; nil where there is only one.
    public let node: NodeID?

    private let relay: Relay?
    private let subscription = Locked<Subscription?>(nil)

    /// A closure that is read through the generic lock gets a thunk more each time, until calling it
    /// overflows the stack; one that lies in a struct does not.
    private struct Subscription {
        let awaits: @Sendable (LoginID) -> Bool
        let hear: Subscriber
    }

    /// Nobody listens yet.
    public init(at node: NodeID? = nil, relay: Relay? = nil) {
        self.node = node
        self.relay = relay
    }

    /// Sets who hears, and how to ask whether a page waits for a login; any thread may ask.
    public func subscribe(
        awaiting awaits: @escaping @Sendable (LoginID) -> Bool = { _ in false },
        hearing hear: @escaping Subscriber
    ) {
        subscription.withLock { $0 = Subscription(awaits: awaits, hear: hear) }
    }

    /// Whether a page waits here for a login, and nowhere else.
    func isAwaited(_ login: Login) -> Bool {
        login.node == node && subscription.withLock { $0 }?.awaits(login.id) ?? false
    }

    /// Tells that a login has changed, here and where its page waits; false if nobody waits for it here.
    @discardableResult
    func publish(_ event: LoginEvent, waitingAt place: NodeID?) -> Bool {
        tellOther(place, of: event.login)
        return hear(event)
    }

    /// Tells the node where a page waits, or did, to look; nothing if that is this one.
    func tellOther(_ place: NodeID?, of login: LoginID) {
        if let place, place != node { relay?(.login(login), place) }
    }

    /// Tells all nodes that a login has changed: its page may wait at any.
    func announce(_ login: LoginID) {
        hear(LoginEvent(login))
        tellOthers(.login(login))
    }

    /// Tells all other nodes.
    func tellOthers(_ hint: Hint) {
        relay?(hint, nil)
    }

    /// Tells whoever waits here that a login has changed; false if nobody does.
    @discardableResult
    public func hear(_ event: LoginEvent) -> Bool {
        subscription.withLock { $0 }?.hear(event) ?? false
    }
}
