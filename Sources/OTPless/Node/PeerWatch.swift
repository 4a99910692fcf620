import Loop

/// Sees to a node's listener, and pulses.
///
/// Runs on: one loop of its node.
final class PeerWatch: Source {
    struct Parts: Sendable {
        let node: NodeID
        let store: PostgresStore
        let metrics: PostgresListenerMetrics
        let clock: any WallClock
        let listener: Peers.Listener
    }

    private let parts: Parts
    private let startedAt: Timestamp
    private var id: SourceID?
    private var connection: SourceID?
    private var others: [NodeID] = []
    /// When the last look that succeeded began.
    private var lookedAt: Timestamp
    /// How far this machine's clock is ahead of the database's, and what was told of it.
    private var ahead = Duration.zero
    private var toldAhead = Duration.zero

    /// How long a lost hint costs; less than the second that is promised, as the look itself takes time.
    private static let interval = Duration.milliseconds(750)

    /// What is committed takes its time from a clock that was read before, perhaps another node's.
    private static let margin = Duration.seconds(30)

    /// Nodes that differ more begin to disagree about what has ended.
    private static let clockTolerance = Duration.seconds(5)

    static func start(_ parts: Parts, on loop: isolated EventLoop) -> SourceID {
        let watch = PeerWatch(parts)
        let id = loop.add(watch)
        watch.id = id
        let listener = parts.listener
        watch.connection = PostgresListener.make(
            parts.store.address, parts.store.resolver, channels: [channel(of: parts.node)],
            metrics: parts.metrics, on: loop,
            callbacks: PostgresListener.Callbacks { _, payload, loop in
                (loop.source(id) as? PeerWatch)?.heard(payload)
            } reconnected: { _ in
                listener.mayHaveMissed()
            })
        return id
    }

    /// The first pulse registers the node; then it greets the others, who would otherwise not tell it
    /// anything before their next look.
    static func firstPulse(
        _ id: SourceID, _ parts: Parts, on loop: isolated EventLoop
    ) async throws(StoreError) {
        guard let watch = loop.source(id) as? PeerWatch else { throw .closed }
        let now = parts.clock.now
        let pulse = try await parts.store.pulse(
            of: parts.node, startedAt: now, since: now - margin, at: now)
        watch.learn(pulse, at: now)
        watch.greet(on: loop)
        loop.setDeadline(.now + interval, of: id)
    }

    static func end(_ id: SourceID, on loop: isolated EventLoop) {
        guard let watch = loop.source(id) as? PeerWatch else { return }
        loop.remove(id)
        if let connection = watch.connection { PostgresListener.close(connection, on: loop) }
    }

    private init(_ parts: Parts) {
        self.parts = parts
        startedAt = parts.clock.now
        lookedAt = startedAt
    }

    private static func channel(of node: NodeID) -> String { "otpless \(node)" }

    func tell(_ hint: Hint, _ place: NodeID?, on loop: isolated EventLoop) {
        guard let connection else { return }
        for node in place.map({ [$0] }) ?? others {
            PostgresListener.notify(
                connection, Self.channel(of: node), hint.payload, on: loop)
        }
    }

    /// What a node says of itself when it begins; its id follows.
    private static let greeting = "here "

    private func greet(on loop: isolated EventLoop) {
        guard let connection else { return }
        for node in others {
            PostgresListener.notify(
                connection, Self.channel(of: node), Self.greeting + "\(parts.node)", on: loop)
        }
    }

    private func heard(_ payload: String) {
        guard payload.hasPrefix(Self.greeting) else {
            if let hint = Hint(payload: payload) { parts.listener.heard(hint) }
            return
        }
        let newcomer = NodeID(String(payload.dropFirst(Self.greeting.count)))
        guard let newcomer, !others.contains(newcomer) else { return }
        others.append(newcomer)
    }

    func ready(_ readiness: Readiness, on loop: isolated EventLoop) {}

    func deadlinePassed(on loop: isolated EventLoop) {
        guard let id else { return }
        let (parts, startedAt) = (parts, startedAt)
        let now = parts.clock.now
        let since = min(lookedAt, now) - Self.margin - max(ahead, .zero)
        loop.spawn { loop in
            let pulse = try? await parts.store.pulse(
                of: parts.node, startedAt: startedAt, since: since, at: now)
            guard let watch = loop.source(id) as? PeerWatch else { return }
            if let pulse { watch.learn(pulse, at: now) }
            loop.setDeadline(.now + Self.interval, of: id)
        }
    }

    private func learn(_ pulse: PostgresStore.Pulse, at time: Timestamp) {
        others = pulse.peers
        lookedAt = time
        compareClock(with: pulse.clock, sent: time)
        for login in pulse.untold { parts.listener.heard(.login(login)) }
        // Whether its login has ended as well is not looked at: most have only been replaced, and each page
        // that looks asks the database.
        for family in pulse.ended { parts.listener.heard(.replaced(family.id)) }
    }

    /// Tells that the clock differs, and again when it does so twice as much.
    ///
    /// What the way to the database and back took is no difference.
    private func compareClock(with database: Timestamp, sent: Timestamp) {
        ahead = max(sent - database, .zero) + min(parts.clock.now - database, .zero)
        let differs = ahead.magnitude > Self.clockTolerance
        let isMore =
            toldAhead == .zero || (ahead < .zero) != (toldAhead < .zero)
            || ahead.magnitude > toldAhead.magnitude * 2
        guard differs ? isMore : toldAhead != .zero else { return }
        toldAhead = differs ? ahead : .zero
        parts.listener.clockDiffers(toldAhead)
    }
}

extension Duration {
    fileprivate var magnitude: Duration { max(self, .zero - self) }
}
