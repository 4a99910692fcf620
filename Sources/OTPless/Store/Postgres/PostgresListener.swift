package import Loop
import Metrics

/// Hears what other nodes notify, and notifies them: one connection of its own, outside the pools.
///
/// Notifications may be lost, and come twice: they are hints. After each new connection `reconnected`
/// is called, so that the owner looks at what it may have missed.
/// Runs on: its loop.
package final class PostgresListener: Source, PostgresConnectionOwner {
    /// What its owner is told; both run on the listener's loop.
    package struct Callbacks: Sendable {
        let notified: @Sendable (_ channel: String, _ payload: String, isolated EventLoop) -> Void
        let reconnected: @Sendable (isolated EventLoop) -> Void

        package init(
            notified: @escaping @Sendable (String, String, isolated EventLoop) -> Void,
            reconnected: @escaping @Sendable (isolated EventLoop) -> Void
        ) {
            self.notified = notified
            self.reconnected = reconnected
        }
    }

    private let address: PostgresAddress
    private let resolver: NameResolver
    private let limits: PostgresLimits
    private let channels: [String]
    private let callbacks: Callbacks
    private let metrics: PostgresListenerMetrics
    private var id: SourceID?
    private var connection: PostgresConnection?
    private var failures = 0
    /// All failures so far: the next try begins with the next address.
    private var misses = 0
    private var outbox = PostgresOutbox()

    /// What the server must answer before more is sent: LISTEN, a batch, or a probe.
    private var awaited: [PostgresReply] = []
    private var isListening = false

    /// How often a connection on which nothing happens is asked whether it still is one; with the
    /// time for the answer, a dead one is noticed after 5 s.
    private static let probeInterval = Duration.seconds(2)
    private static let answerLimit = Duration.seconds(3)

    /// A listener of a loop, which keeps it until `close` and begins to connect at once.
    package static func make(
        _ address: PostgresAddress, _ resolver: NameResolver, channels: [String],
        limits: PostgresLimits = PostgresLimits(), metrics: PostgresListenerMetrics,
        on loop: isolated EventLoop, callbacks: Callbacks
    ) -> SourceID {
        var limits = limits
        limits.answer = min(limits.answer, answerLimit)
        let listener = PostgresListener(address, resolver, limits, channels, callbacks, metrics)
        let id = loop.add(listener)
        listener.id = id
        listener.connect(on: loop)
        return id
    }

    private init(
        _ address: PostgresAddress, _ resolver: NameResolver, _ limits: PostgresLimits,
        _ channels: [String], _ callbacks: Callbacks, _ metrics: PostgresListenerMetrics
    ) {
        self.address = address
        self.resolver = resolver
        self.limits = limits
        self.channels = channels
        self.callbacks = callbacks
        self.metrics = metrics
    }

    /// Ends a listener; what it was to notify and has not, is lost.
    package static func close(_ listener: SourceID, on loop: isolated EventLoop) {
        guard let listener = loop.source(listener) as? PostgresListener else { return }
        if let id = listener.id { loop.remove(id) }
        listener.connection?.close(on: loop)
        listener.connection = nil
    }

    /// Notifies a channel, with what else is asked for until the server has answered the last time;
    /// a payload has fewer than 8,000 bytes.
    package static func notify(
        _ listener: SourceID, _ channel: String, _ payload: String, on loop: isolated EventLoop
    ) {
        guard let listener = loop.source(listener) as? PostgresListener else { return }
        listener.metrics.dropped.add(listener.outbox.append(channel, payload))
        listener.sendBatch()
    }

    // MARK: The connection

    private func connect(on loop: isolated EventLoop) {
        connection = PostgresConnection.open(
            address, try: misses, resolver, limits, for: self, on: loop)
    }

    func opened(_ connection: PostgresConnection, on loop: isolated EventLoop) {
        metrics.connects.add()
        for channel in channels {
            let name = channel.split(separator: "\"", omittingEmptySubsequences: false)
                .joined(separator: "\"\"")
            awaited.append(connection.queueOnce("LISTEN \"\(name)\""))
        }
        awaited.append(connection.queueSync())
        connection.push()
    }

    func ended(_ connection: PostgresConnection, _ reason: String, on loop: isolated EventLoop) {
        self.connection = nil
        awaited = []
        isListening = false
        metrics.dropped.add(outbox.takeBack())
        failures += 1
        misses += 1
        guard let id else { return }
        loop.setDeadline(.now + limits.pause(afterTry: failures), of: id)
    }

    package func ready(_ readiness: Readiness, on loop: isolated EventLoop) {}

    /// The pause before the next try is over, or it is time for a probe.
    package func deadlinePassed(on loop: isolated EventLoop) {
        guard let connection else { return connect(on: loop) }
        guard isListening, awaited.isEmpty else { return }
        // An end of nothing, which the server answers.
        awaited = [connection.queueSync()]
        connection.push()
    }

    func received(_ connection: PostgresConnection, on loop: isolated EventLoop) {
        while let (channel, payload) = connection.nextNotification() {
            metrics.received.add()
            callbacks.notified(channel, payload, loop)
        }
        guard let last = awaited.last, last.outcome != nil else { return }
        let isDone = awaited.allSatisfy { $0.failure == nil }
        awaited = []
        if !isListening {
            // Without LISTEN it is of no use: another try, later.
            guard isDone else {
                connection.close(on: loop)
                return ended(connection, "LISTEN was refused", on: loop)
            }
            isListening = true
            failures = 0
            callbacks.reconnected(loop)
        } else {
            metrics.dropped.add(outbox.answered(isDone: isDone))
        }
        sendBatch()
        if awaited.isEmpty, let id { loop.setDeadline(.now + Self.probeInterval, of: id) }
    }

    /// One transaction for all that waits: each that notifies takes a lock of the whole cluster.
    private func sendBatch() {
        guard let connection, isListening, awaited.isEmpty else { return }
        let batch = outbox.takeBatch()
        guard !batch.isEmpty else { return }
        metrics.batches.add()
        for note in batch {
            awaited += connection.queue(
                "SELECT pg_notify($1, $2)", [.text(note.channel), .text(note.payload)])
        }
        awaited.append(connection.queueSync())
        connection.push()
    }

    /// The server's process, for tests.
    package static func backend(of listener: SourceID, on loop: isolated EventLoop) -> Int32 {
        (loop.source(listener) as? PostgresListener)?.connection?.backend ?? 0
    }
}
