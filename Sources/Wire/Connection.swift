import Loop

/// One TCP connection: HTTP first, perhaps a WebSocket later.
///
/// Lives and dies on one loop.
///
/// It moves bytes and deadlines; what bytes mean is decided by the parsers and by `Router`.
final class Connection: Source {
    enum Mode {
        case http
        case webSocket(WebSocketSession)
        /// The last bytes are on their way; what the peer still sends is thrown away.
        case closing
    }

    let peer: SocketAddress
    let service: Service
    /// Nil once the connection has ended.
    private(set) var id: SourceID?
    var mode = Mode.http
    var parser: RequestParser
    /// The request that an async handler is working on: nothing more is parsed until it has answered.
    var pending: Request?
    var stageDeadline: Moment
    /// The client waits for `100 Continue` before it sends the body.
    var awaitsContinue = false
    var outgoing = Outgoing()
    private let socket: Socket
    /// Bytes that came while a handler was working.
    private var unread: [UInt8] = []
    private var writeDeadline = Moment.never
    private var peerHasEnded = false

    /// How much may wait behind a request in progress before the peer is no longer read.
    private static let unreadLimit = 64 << 10

    /// How much a slow WebSocket peer may leave unsent before it is cut off.
    private static let webSocketBacklog = 1 << 20

    /// How long the peer may take to read the last reply before the connection is forgotten.
    private static let linger = Duration.seconds(2)

    init(socket: Socket, peer: SocketAddress, service: Service, now: Moment) {
        self.socket = socket
        self.peer = peer
        self.service = service
        parser = RequestParser(limits: service.httpLimits)
        stageDeadline = now + service.times.idle
    }

    func start(on loop: isolated EventLoop) {
        guard let id = try? loop.add(self, descriptor: socket.descriptor, interest: .readable)
        else { return socket.close() }
        self.id = id
        service.opened(id)
        loop.setDeadline(stageDeadline, of: id)
    }

    // MARK: Reading

    func ready(_ readiness: Readiness, on loop: isolated EventLoop) {
        if readiness.contains(.readable) || readiness.isBroken { read(on: loop) }
        if readiness.contains(.writable) { flush(on: loop) }
    }

    private func read(on loop: isolated EventLoop) {
        // Lent, not copied: a span of it is read while the connection itself changes.
        var buffer: [UInt8] = []
        swap(&buffer, &service.readBuffer)
        defer { swap(&buffer, &service.readBuffer) }
        switch socket.receive(into: &buffer) {
        case .bytes(let count): consume(buffer.span.extracting(0..<count), on: loop)
        case .wait: break
        case .end: peerEnded(on: loop)
        case .failed: end(on: loop)
        }
    }

    private func consume(_ bytes: Span<UInt8>, on loop: isolated EventLoop) {
        var offset = 0
        while offset < bytes.count || awaitsContinue, pending == nil {
            switch mode {
            case .http: parseRequest(bytes, from: &offset, on: loop)
            case .webSocket: parseFrame(bytes, from: &offset, on: loop)
            case .closing: offset = bytes.count
            }
        }
        unread.reserveCapacity(unread.count + bytes.count - offset)
        for index in offset..<bytes.count { unread.append(bytes[index]) }
        flush(on: loop)
    }

    /// An async handler has answered: on with the bytes that came meanwhile.
    func resume(on loop: isolated EventLoop) {
        let bytes = unread
        unread = []
        consume(bytes.span, on: loop)
        if peerHasEnded, pending == nil { closeWhenSent(on: loop) }
    }

    private func peerEnded(on loop: isolated EventLoop) {
        peerHasEnded = true
        // A half-closed peer still gets the reply it waits for (RFC 9112 §9.6).
        if case .http = mode, pending != nil || !outgoing.isEmpty {
            if pending == nil { closeWhenSent(on: loop) } else { flush(on: loop) }
        } else {
            end(on: loop)
        }
    }

    // MARK: Writing

    /// Sends what the turn has queued, in one write, and tells the loop what to wait for.
    func flush(on loop: isolated EventLoop) {
        guard let id else { return }
        guard outgoing.send(over: socket), !isOverdrawn else { return end(on: loop) }
        if outgoing.isEmpty {
            writeDeadline = .never
            if case .closing = mode { finishSending(on: loop) }
        } else if writeDeadline == .never {
            writeDeadline = loop.now + service.times.write
        }
        loop.setInterest(interest, of: id)
        loop.setDeadline(deadline, of: id)
    }

    private var isOverdrawn: Bool {
        guard case .webSocket = mode else { return false }
        return outgoing.count > Self.webSocketBacklog
    }

    private var interest: Readiness {
        var interest: Readiness = []
        if unread.count <= Self.unreadLimit, !peerHasEnded { interest.insert(.readable) }
        if !outgoing.isEmpty { interest.insert(.writable) }
        return interest
    }

    // MARK: Deadlines

    private var deadline: Moment {
        switch mode {
        case .http where pending != nil: writeDeadline
        case .http, .closing: outgoing.isEmpty ? stageDeadline : writeDeadline
        case .webSocket(let session): min(session.deadline, writeDeadline)
        }
    }

    func deadlinePassed(on loop: isolated EventLoop) {
        if writeDeadline <= loop.now { return end(on: loop) }
        switch mode {
        case .http: requestIsLate(on: loop)
        case .webSocket: keepAlive(on: loop)
        case .closing: end(on: loop)
        }
    }

    // MARK: Ending

    /// Sends what is queued, then ends the connection.
    func closeWhenSent(on loop: isolated EventLoop) {
        mode = .closing
        flush(on: loop)
    }

    /// All is sent.
    ///
    /// Closing with unread bytes would reset the connection and could destroy the reply on its way
    /// (RFC 9112 §9.6): say that nothing more comes, and read on for a moment.
    private func finishSending(on loop: isolated EventLoop) {
        guard !peerHasEnded else { return end(on: loop) }
        socket.shutdownWrites()
        stageDeadline = min(stageDeadline, loop.now + Self.linger)
    }

    func end(on loop: isolated EventLoop) {
        guard let id else { return }
        self.id = nil
        loop.remove(id)
        service.closed(id)
        socket.close()
        let session = webSocketSession
        mode = .closing
        pending = nil
        session?.handler.closed(on: loop)
    }

    private var webSocketSession: WebSocketSession? {
        if case .webSocket(let session) = mode { session } else { nil }
    }
}
