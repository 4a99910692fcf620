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
    /// Nil once it is a WebSocket, or has ended.
    var http: HTTPState?
    var stageDeadline: Moment
    var outgoing = Outgoing()
    var transport: Transport
    private let place: Place
    /// Bytes that came while nothing could be parsed.
    private var unread: [UInt8] = []
    private var writeDeadline = Moment.never
    private var peerHasEnded = false

    /// How much may wait unparsed before the peer is no longer read.
    private static let unreadLimit = 64 << 10

    /// How many bytes of replies may wait unsent before no further request is taken.
    private static let replyBacklog = 16 << 10

    /// How long the peer may take to read the last reply before the connection is forgotten.
    private static let linger = Duration.seconds(2)

    init(
        socket: Socket, peer: SocketAddress, place: consuming Place, service: Service, now: Moment
    ) {
        transport = .over(socket, service.tls)
        self.place = place
        self.peer = peer
        self.service = service
        http = HTTPState(limits: service.httpLimits)
        let intervals = service.intervals
        stageDeadline = now + (transport.isShakingHands ? intervals.handshake : intervals.idle)
    }

    /// The loop has ended under a connection that had not.
    deinit {
        if id != nil { transport.close(isOrderly: false) }
    }

    func start(on loop: isolated EventLoop) {
        guard
            let id = try? loop.add(
                self, descriptor: transport.socket.descriptor, interest: .readable)
        else { return transport.close(isOrderly: false) }
        self.id = id
        service.opened(id)
        loop.setDeadline(stageDeadline, of: id)
    }

    // MARK: Reading

    func ready(_ readiness: Readiness, on loop: isolated EventLoop) {
        if readiness.contains(transport.readsOn) || readiness.isBroken { read(on: loop) }
        if readiness.contains(transport.writesOn) { flush(on: loop) }
    }

    func read(on loop: isolated EventLoop) {
        if transport.isShakingHands, !shakeHands(on: loop) { return }
        // Lent, not copied: a span of it is read while the connection itself changes.
        var buffer: [UInt8] = []
        swap(&buffer, &service.readBuffer)
        defer { swap(&buffer, &service.readBuffer) }
        switch transport.receive(into: &buffer) {
        case .bytes(let count): received(buffer.span.extracting(0..<count), on: loop)
        case .wait: settle(on: loop)
        case .end: peerEnded(on: loop)
        case .failed: end(on: loop)
        }
    }

    /// Turns the connection into something else, for good.
    func become(_ next: Mode) {
        service.metrics.moved(from: mode.state, to: next.state)
        mode = next
    }

    private func received(_ bytes: Span<UInt8>, on loop: isolated EventLoop) {
        // What waits unparsed comes first.
        let parsed = unread.isEmpty ? parse(bytes, on: loop) : 0
        unread.append(bytes, parsed..<bytes.count)
        flush(on: loop)
    }

    /// Parses as far as requests may be taken now; returns how many bytes that was.
    private func parse(_ bytes: Span<UInt8>, on loop: isolated EventLoop) -> Int {
        var offset = 0
        while mayParse, offset < bytes.count || http?.awaitsContinue == true {
            switch mode {
            case .http: parseRequest(bytes, from: &offset, on: loop)
            case .webSocket: parseFrame(bytes, from: &offset, on: loop)
            case .closing: offset = bytes.count
            }
        }
        return offset
    }

    /// One request at a time, and none for a peer that does not read its replies.
    private var mayParse: Bool {
        if case .http = mode {
            http?.pending == nil && outgoing.count <= Self.replyBacklog
        } else {
            true
        }
    }

    /// Parses what has waited; tells whether there was anything.
    private func parseUnread(on loop: isolated EventLoop) -> Bool {
        guard mayParse, !unread.isEmpty else { return false }
        let bytes = unread
        unread = []
        let parsed = parse(bytes.span, on: loop)
        unread.append(contentsOf: bytes[parsed...])
        return true
    }

    private func peerEnded(on loop: isolated EventLoop) {
        peerHasEnded = true
        // A half-closed peer still gets the replies it waits for (RFC 9112 §9.6).
        flush(on: loop)
    }

    // MARK: Writing

    /// Sends what the turn has queued, in one write, and goes on with what can be parsed then.
    func flush(on loop: isolated EventLoop) {
        var hasParsed = false
        // What is parsed may end the connection, and then its descriptor may be somebody else's.
        while id != nil {
            guard outgoing.send(over: transport), !isOverdrawn else { return end(on: loop) }
            // Once: who sends thousands of requests at a time takes turns with the others.
            guard !hasParsed, parseUnread(on: loop) else { break }
            hasParsed = true
        }
        settle(on: loop)
    }

    private var isOverdrawn: Bool {
        guard case .webSocket = mode else { return false }
        return outgoing.count > service.webSocketBacklog
    }

    /// Decides what to wait for now, or that it is over.
    private func settle(on loop: isolated EventLoop) {
        guard let id else { return }
        switch mode {
        case .webSocket where peerHasEnded: return end(on: loop)
        case .http where isDone && (peerHasEnded || service.isDraining && isUnused):
            return end(on: loop)
        case .closing where outgoing.isEmpty:
            if peerHasEnded { return end(on: loop) }
            linger(from: loop.now)
        default: break
        }
        if !awaitsRoom {
            writeDeadline = .never
        } else if outgoing.hasMovedOn() || writeDeadline == .never {
            writeDeadline = loop.now + service.intervals.write
        }
        loop.setInterest(interest, of: id)
        loop.setDeadline(deadline, of: id)
    }

    /// Whether nothing is under way: no request, no reply.
    private var isDone: Bool { http?.pending == nil && outgoing.isEmpty && unread.isEmpty }

    /// Whether it goes on once the peer has read: with replies, or with requests whose turn has not come.
    private var awaitsRoom: Bool { !outgoing.isEmpty || mayParse && !unread.isEmpty }

    /// Since when it has only waited for a request, or for the end of a TLS handshake, which silent
    /// clients never come to; nil while there is more to it.
    var idleSince: Moment? {
        guard case .http = mode, isDone, isBetweenRequests else { return nil }
        let intervals = service.intervals
        return stageDeadline - (transport.isShakingHands ? intervals.handshake : intervals.idle)
    }

    /// Whether it has had its requests, and the next one may as well go elsewhere.
    private var isUnused: Bool { isBetweenRequests && http?.isFresh != true }

    /// Whether nothing of a next request was received.
    var isBetweenRequests: Bool { http?.parser.isIdle ?? true }

    private var interest: Readiness {
        var interest: Readiness = []
        if unread.count <= Self.unreadLimit, !peerHasEnded { interest.insert(transport.readsOn) }
        if awaitsRoom || transport.owesEnd { interest.insert(transport.writesOn) }
        return interest
    }

    /// Says that nothing more comes, and reads on for a moment: closing with unread bytes would reset
    /// the connection and could destroy the reply on its way (RFC 9112 §9.6).
    private func linger(from now: Moment) {
        transport.shutdownWrites()
        stageDeadline = min(stageDeadline, now + Self.linger)
    }

    // MARK: Deadlines

    private var deadline: Moment {
        switch mode {
        case .http where http?.pending != nil: writeDeadline
        case .http, .closing: awaitsRoom ? writeDeadline : stageDeadline
        case .webSocket(let session): min(session.deadline, writeDeadline)
        }
    }

    /// A session's deadline has moved.
    func updateDeadline(on loop: isolated EventLoop) {
        if let id { loop.setDeadline(deadline, of: id) }
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

    /// Ends the connection at once, whatever is left to send.
    func end(on loop: isolated EventLoop) {
        guard let id else { return }
        self.id = nil
        loop.remove(id)
        service.closed(id, from: mode.state)
        // What such a peer has not read would stay with the kernel for minutes.
        if awaitsRoom { transport.socket.resetOnClose() }
        transport.close(isOrderly: outgoing.isEmpty)
        service.hasRoom(on: loop)
        transport = .gone
        outgoing = Outgoing()
        unread = []
        http = nil
        let last = mode
        mode = .closing
        if case .webSocket(let session) = last { session.handler.closed(on: loop) }
    }
}
