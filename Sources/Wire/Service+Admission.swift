import Loop
import Metrics

/// Who gets in when many come.
extension Service {
    /// What making room may take away in one turn, as a part of the loop's connections.
    private static let wayPart = 16

    /// How often the loop looks for connections that give way: a look costs microseconds for each.
    private static let wayPause = Duration.milliseconds(100)

    /// Takes a new connection in, or turns it away.
    func admit(_ socket: Socket, from peer: SocketAddress, on loop: isolated EventLoop) {
        if let place = admission.place(for: peer) {
            return connect(socket, peer, place, on: loop).start(on: loop)
        }
        makeRoom(on: loop)
        if let place = admission.place(for: peer) {
            return connect(socket, peer, place, on: loop).start(on: loop)
        }
        metrics.turnedAway.add()
        // Many at once are a flood, and get what costs least; a TLS handshake costs more than a request.
        guard tls == nil, let seat = lobby.place(for: peer) else { return socket.abort() }
        connect(socket, peer, seat, on: loop).turnAway(on: loop)
    }

    private func connect(
        _ socket: Socket, _ peer: SocketAddress, _ place: consuming Place,
        on loop: isolated EventLoop
    ) -> Connection {
        Connection(socket: socket, peer: peer, place: place, service: self, now: loop.now)
    }

    /// Ends connections on which nothing happens, those first that have been idle for longest.
    ///
    /// Whoever comes may send a request at once; whoever is idle can come again.
    private func makeRoom(on loop: isolated EventLoop) {
        guard admission.isFull, loop.now >= nextWay else { return }
        nextWay = loop.now + Self.wayPause
        let latest = loop.now - Interval(times.giveWay)
        let idle = connections.compactMap { loop.source($0) as? Connection }
            .compactMap { connection in connection.idleSince.map { (connection, $0) } }
            .filter { $0.1 <= latest }
        let since = idle.map(\.1).sorted()
        guard let last = since.prefix(max(1, connections.count / Self.wayPart)).last else { return }
        for (connection, moment) in idle where moment <= last { connection.end(on: loop) }
    }

    /// A descriptor has become free: listeners that had none to give go on.
    func hasRoom(on loop: isolated EventLoop) {
        for listener in listeners { listener.resume(on: loop) }
    }
}

extension ConnectionLimits {
    /// How many clients that find no place a loop tells so at the same time; the others are dropped.
    static var lobby: ConnectionLimits {
        var limits = ConnectionLimits()
        limits.total = 64
        return limits
    }
}
