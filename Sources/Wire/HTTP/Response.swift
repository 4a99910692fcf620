public import Loop

/// What a handler answers; `ResponseWriter` adds what every reply carries.
public struct Response: Sendable {
    /// The status code, such as 200.
    public var status: Int

    /// The media type of the body; nil when there is none.
    public var contentType: StaticString?

    /// Further header fields, in order.
    ///
    /// Values must be field values: no line ends.
    public var headers: [(name: StaticString, value: String)]

    /// The body's bytes.
    public var body: [UInt8]

    /// Whether the connection ends with this reply.
    public var closes = false

    /// Set when the reply is a 101 that turns the connection into a WebSocket.
    public var upgrade: WebSocketUpgrade?

    /// A reply with a body.
    public init(
        status: Int, contentType: StaticString? = nil,
        headers: [(name: StaticString, value: String)] = [], body: [UInt8] = []
    ) {
        self.status = status
        self.contentType = contentType
        self.headers = headers
        self.body = body
    }

    /// A 101 that hands the connection to a WebSocket handler.
    public init(upgrade: WebSocketUpgrade) {
        self.init(status: 101)
        self.upgrade = upgrade
    }
}

/// A handler's answer: at once, or by an async function isolated to the connection's loop.
public enum Reply: Sendable {
    /// The response is here.
    case now(Response)

    /// The response comes when the work has ended; the connection waits, its loop does not.
    case later(@Sendable (isolated EventLoop) async -> Response)
}
