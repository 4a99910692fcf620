public import Loop

/// A message of a WebSocket, whole and validated.
public enum WebSocketMessage: Sendable {
    /// UTF-8 text, as bytes.
    case text([UInt8])

    /// Bytes of any kind.
    case binary([UInt8])
}

/// What answers on a WebSocket; owned by its connection, called on its loop.
public protocol WebSocketHandler: AnyObject {
    /// The 101 has been queued: frames sent now leave in the same write.
    func opened(on loop: isolated EventLoop)

    /// A whole message came.
    func received(_ message: WebSocketMessage, on loop: isolated EventLoop)

    /// The moment set with `WebSocket.setDeadline` has come.
    func deadlinePassed(on loop: isolated EventLoop)

    /// The connection is gone; nothing can be sent any more.
    func closed(on loop: isolated EventLoop)
}

/// How a request becomes a WebSocket.
public struct WebSocketUpgrade: Sendable {
    /// Makes the handler once the connection has become a WebSocket.
    public typealias MakeHandler =
        @Sendable (WebSocket, isolated EventLoop) -> any WebSocketHandler

    let accept: String
    let limits: WebSocketLimits
    let makeHandler: MakeHandler

    /// Takes the `Sec-WebSocket-Accept` value that `WebSocketHandshake` computed.
    public init(accept: String, limits: WebSocketLimits, makeHandler: @escaping MakeHandler) {
        self.accept = accept
        self.limits = limits
        self.makeHandler = makeHandler
    }
}

/// A WebSocket as a value that may cross threads: a send to one that is gone does nothing.
public struct WebSocket: Hashable, Sendable {
    /// The loop that owns the connection.
    public let loop: EventLoop

    let id: SourceID

    /// Sends a text message.
    public func send(text: [UInt8], on loop: isolated EventLoop) {
        connection(on: loop)?.sendFrame(.text, text, on: loop)
    }

    /// Sends a binary message.
    public func send(binary: [UInt8], on loop: isolated EventLoop) {
        connection(on: loop)?.sendFrame(.binary, binary, on: loop)
    }

    /// Starts the closing handshake (RFC 6455 §7.1.2).
    public func close(code: UInt16, reason: String = "", on loop: isolated EventLoop) {
        connection(on: loop)?.closeWebSocket(code: code, reason: reason, on: loop)
    }

    /// Sets the moment at which the handler's `deadlinePassed` is called; nil clears it.
    public func setDeadline(_ moment: Moment?, on loop: isolated EventLoop) {
        connection(on: loop)?.setHandlerDeadline(moment, on: loop)
    }

    /// What answers on this WebSocket; nil when it is gone.
    public func handler(on loop: isolated EventLoop) -> (any WebSocketHandler)? {
        guard case .webSocket(let session)? = connection(on: loop)?.mode else { return nil }
        return session.handler
    }

    private func connection(on loop: isolated EventLoop) -> Connection? {
        assert(loop === self.loop, "a WebSocket is driven on its own loop")
        return loop.source(id) as? Connection
    }

    /// Two values are equal when they name the same connection.
    public static func == (left: WebSocket, right: WebSocket) -> Bool {
        left.id == right.id && left.loop === right.loop
    }

    /// Hashes what `==` compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(id)
    }
}
