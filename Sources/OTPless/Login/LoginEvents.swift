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

/// Where hints are published after the commit, and where whoever waits hears of them.
public final class LoginEvents: Sendable {
    /// Called on the publisher's thread; it must only pass the hint on, and says whether anybody is there.
    public typealias Subscriber = @Sendable (LoginEvent) -> Bool

    private let subscription = Locked<Subscription?>(nil)

    /// A closure that is read through the generic lock gets a thunk more each time, until calling it
    /// overflows the stack; one that lies in a struct does not.
    private struct Subscription {
        let awaits: @Sendable (LoginID) -> Bool
        let hear: Subscriber
    }

    /// Nobody listens yet.
    public init() {}

    /// Sets who hears, and how to ask whether a page waits for a login; any thread may ask.
    public func subscribe(
        awaiting awaits: @escaping @Sendable (LoginID) -> Bool = { _ in false },
        hearing hear: @escaping Subscriber
    ) {
        subscription.withLock { $0 = Subscription(awaits: awaits, hear: hear) }
    }

    /// Whether a page waits here for a login.
    func isAwaited(_ login: LoginID) -> Bool {
        subscription.withLock { $0 }?.awaits(login) ?? false
    }

    /// Tells that a login has changed; false if nobody waits for it here.
    @discardableResult
    public func publish(_ event: LoginEvent) -> Bool {
        subscription.withLock { $0 }?.hear(event) ?? false
    }
}
