public import Loop
public import Metrics

/// The other nodes of the installation: hints to them and from them, and a look each second for what a
/// lost hint would have told.
public final class Peers: Sendable {
    /// What is done with what is heard.
    public struct Listener: Sendable {
        let heard: @Sendable (Hint) -> Void
        let mayHaveMissed: @Sendable () -> Void
        let clockDiffers: @Sendable (Duration) -> Void

        /// What hears, and what it is told.
        ///
        /// `heard` is told of each hint and must only pass it on; `mayHaveMissed` is told when hints may
        /// have been lost: then all pages should look again. `clockDiffers` is told how far this
        /// machine's clock is ahead of the database's when that is too much, and of zero when it is mended.
        public init(
            heard: @escaping @Sendable (Hint) -> Void,
            mayHaveMissed: @escaping @Sendable () -> Void,
            clockDiffers: @escaping @Sendable (Duration) -> Void
        ) {
            self.heard = heard
            self.mayHaveMissed = mayHaveMissed
            self.clockDiffers = clockDiffers
        }
    }

    /// This node.
    public let node: NodeID

    let store: PostgresStore
    let metrics = PostgresListenerMetrics()
    private let loop: EventLoop
    private let watch = Locked<SourceID?>(nil)

    /// A node that nobody knows yet, and what it needs; one loop sees to it.
    public init(
        _ store: PostgresStore, on loop: EventLoop, at now: Timestamp,
        _ entropy: Entropy = .system
    ) {
        (self.store, self.loop) = (store, loop)
        node = NodeID.make(at: now, entropy)
    }

    /// Tells a node, or all others without one, to look; soon, and perhaps in vain.
    public func tell(_ hint: Hint, _ place: NodeID?) {
        guard let id = watch.withLock({ $0 }) else { return }
        // A full mailbox loses a hint, which the look each second makes good.
        loop.post { loop in (loop.source(id) as? PeerWatch)?.tell(hint, place, on: loop) }
    }

    /// Registers the node, and listens from now on.
    ///
    /// - Throws: `StoreError` when the database does not take it.
    public func join(_ listener: Listener, _ clock: any WallClock) async throws(StoreError) {
        let watch = PeerWatch.Parts(
            node: node, store: store, metrics: metrics, clock: clock, listener: listener)
        let id = await PeerWatch.start(watch, on: loop)
        self.watch.withLock { $0 = id }
        try await PeerWatch.firstPulse(id, watch, on: loop)
    }

    /// Unregisters the node: nobody tells it anything any more.
    public func leave() async {
        let id = watch.withLock { held in
            let id = held
            held = nil
            return id
        }
        if let id { await PeerWatch.end(id, on: loop) }
        try? await store.leave(node)
    }
}

extension Peers: MetricSource {
    /// Writes hints sent and heard.
    public func write(to page: inout Exposition) { metrics.write(to: &page) }
}
