import Loop

/// Says that something about a login has changed: a hint to look into the store, nothing more.
public struct LoginEvent: Sendable {
    /// Which login.
    public let login: LoginID

    /// A login whose row has just been committed.
    public init(_ login: LoginID) {
        self.login = login
    }
}

/// Where hints are published after the commit, and where whoever waits hears of them.
public final class LoginEvents: Sendable {
    /// Called on the publisher's thread; it must only pass the hint on.
    public typealias Subscriber = @Sendable (LoginEvent) -> Void

    private let subscription = Locked<Subscription?>(nil)

    /// A closure that is read through the generic lock gets a thunk more each time, until calling it
    /// overflows the stack; one that lies in a struct does not.
    private struct Subscription {
        let hear: Subscriber
    }

    /// Nobody listens yet.
    public init() {}

    /// Sets who hears.
    public func subscribe(_ subscriber: @escaping Subscriber) {
        subscription.withLock { $0 = Subscription(hear: subscriber) }
    }

    /// Tells that a login has changed.
    public func publish(_ event: LoginEvent) {
        subscription.withLock { $0 }?.hear(event)
    }
}
