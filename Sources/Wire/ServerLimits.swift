import Loop

/// The time limits of a connection.
///
/// Each bounds a whole phase, so that a byte now and then gains nothing.
public struct TimeLimits: Sendable {
    /// From a connection's begin to the end of its TLS handshake.
    public var handshake = Duration.seconds(10)

    /// From a request's first byte to the end of its head.
    public var head = Duration.seconds(10)

    /// From the end of the head to the end of the body.
    public var body = Duration.seconds(30)

    /// How long a connection may lie idle, before its first request and between two.
    public var idle = Duration.seconds(75)

    /// How long a connection has been idle at least when it gives way to a new one.
    ///
    /// Whoever has just come has a request on its way.
    public var giveWay = Duration.seconds(1)

    /// From a reply's first unsent byte until the peer has taken all.
    public var write = Duration.seconds(30)

    /// How long a closed WebSocket waits for the peer's close frame.
    public var close = Duration.seconds(5)

    /// How long a request that is only half here may go on when the server drains, and a connection may
    /// take to send its first one.
    public var drain = Duration.seconds(2)

    /// How often a waiting WebSocket is pinged.
    public var ping = Duration.seconds(25)

    /// The defaults.
    public init() {}
}

/// The time limits that each request sets anew.
struct RequestIntervals {
    let head: Interval
    let body: Interval
    let idle: Interval
    let write: Interval
    let handshake: Interval

    init(_ times: TimeLimits) {
        head = Interval(times.head)
        body = Interval(times.body)
        idle = Interval(times.idle)
        write = Interval(times.write)
        handshake = Interval(times.handshake)
    }
}
