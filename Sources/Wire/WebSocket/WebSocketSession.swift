package import Loop

/// The WebSocket side of a connection: its protocol state, its handler, its signs of life.
package struct WebSocketSession {
    var state: WebSocketState
    let handler: any WebSocketHandler
    var isClosing = false
    private var awaitsPong = false
    private var nextPing: Moment
    var handlerDeadline = Moment.never

    package init(
        limits: WebSocketLimits, handler: any WebSocketHandler, now: Moment, times: TimeLimits
    ) {
        state = WebSocketState(limits: limits)
        self.handler = handler
        // The first pings spread over half the interval, so that pages that came together
        // after a restart are not pinged together for ever.
        nextPing = now + times.ping * Double.random(in: 0.5...1)
    }

    /// When to look at this session next.
    package var deadline: Moment { min(nextPing, handlerDeadline) }

    package enum Beat { case none, ping, dead }

    /// What the ping clock asks for at that moment.
    package mutating func beat(at now: Moment, times: TimeLimits) -> Beat {
        guard nextPing <= now else { return .none }
        // A closing session has had its time to answer, and so has one that owes a pong.
        if isClosing || awaitsPong { return .dead }
        awaitsPong = true
        nextPing = now + times.ping
        return .ping
    }

    /// Anything the peer sends shows that it lives.
    package mutating func heard() { awaitsPong = false }

    /// From now on only the peer's close frame is awaited, and not for long.
    package mutating func startClosing(at now: Moment, times: TimeLimits) {
        isClosing = true
        handlerDeadline = .never
        nextPing = now + times.close
    }
}
