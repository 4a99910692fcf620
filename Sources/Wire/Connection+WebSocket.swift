import Loop

extension Connection {
    func becomeWebSocket(_ upgrade: WebSocketUpgrade, on loop: isolated EventLoop) {
        guard let id else { return }
        let socket = WebSocket(loop: loop, id: id)
        let handler = upgrade.makeHandler(socket, loop)
        http = nil
        become(
            .webSocket(
                WebSocketSession(
                    limits: upgrade.limits, handler: handler, now: loop.now, times: service.times)))
        handler.opened(on: loop)
    }

    /// Takes one step of the frame parser.
    func parseFrame(_ bytes: Span<UInt8>, from offset: inout Int, on loop: isolated EventLoop) {
        guard case .webSocket(var session) = mode else { return }
        mode = .closing
        session.heard()
        let action = session.state.receive(bytes, from: &offset)
        let handler = session.handler
        let isClosing = session.isClosing
        mode = .webSocket(session)
        switch action {
        case .needMore: break
        // After our close frame only the peer's close frame counts (RFC 6455 §5.5.1).
        case .text(let text): if !isClosing { handler.received(.text(text), on: loop) }
        case .binary(let bytes): if !isClosing { handler.received(.binary(bytes), on: loop) }
        case .ping(let payload): if !isClosing { queueFrame(.pong, payload) }
        case .pong: break
        case .peerClosed(let code, _): peerClosed(code, isEcho: isClosing, on: loop)
        case .fail(let code): fail(code, isClosing: isClosing, on: loop)
        }
    }

    func sendFrame(_ opcode: Opcode, _ payload: [UInt8], on loop: isolated EventLoop) {
        guard case .webSocket(let session) = mode, !session.isClosing else { return }
        queueFrame(opcode, payload)
        flush(on: loop)
    }

    func closeWebSocket(code: UInt16, reason: String = "", on loop: isolated EventLoop) {
        guard case .webSocket(var session) = mode, !session.isClosing else { return }
        queueFrame(.close, WebSocketFrame.closePayload(code: code, reason: reason))
        session.startClosing(at: loop.now, times: service.times)
        mode = .webSocket(session)
        flush(on: loop)
    }

    func setHandlerDeadline(_ moment: Moment?, on loop: isolated EventLoop) {
        guard case .webSocket(var session) = mode, !session.isClosing else { return }
        session.handlerDeadline = moment ?? .never
        mode = .webSocket(session)
        updateDeadline(on: loop)
    }

    /// A deadline of a WebSocket has come: its handler's, or the ping clock's.
    func keepAlive(on loop: isolated EventLoop) {
        guard case .webSocket(var session) = mode else { return }
        let handlerIsDue = session.handlerDeadline <= loop.now
        if handlerIsDue { session.handlerDeadline = .never }
        let beat = session.beat(at: loop.now, times: service.times)
        mode = .webSocket(session)
        switch beat {
        case .none: break
        case .ping: queueFrame(.ping, [])
        case .dead: return end(on: loop)
        }
        if handlerIsDue { session.handler.deadlinePassed(on: loop) }
        flush(on: loop)
    }

    private func queueFrame(_ opcode: Opcode, _ payload: [UInt8]) {
        outgoing.queue { WebSocketFrame.append(opcode, payload: payload, to: &$0) }
    }

    /// RFC 6455 §5.5.1: a close frame is answered with one, then the server closes first (§7.1.1).
    private func peerClosed(_ code: UInt16?, isEcho: Bool, on loop: isolated EventLoop) {
        if !isEcho { queueFrame(.close, WebSocketFrame.closePayload(code: code)) }
        leaveWebSocket(on: loop)
    }

    private func fail(_ code: UInt16, isClosing: Bool, on loop: isolated EventLoop) {
        if !isClosing { queueFrame(.close, WebSocketFrame.closePayload(code: code)) }
        leaveWebSocket(on: loop)
    }

    private func leaveWebSocket(on loop: isolated EventLoop) {
        guard case .webSocket(let session) = mode else { return }
        become(.closing)
        stageDeadline = loop.now + service.times.close
        session.handler.closed(on: loop)
    }
}
