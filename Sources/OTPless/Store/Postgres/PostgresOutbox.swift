package import Metrics

/// What is to be notified: a batch on its way, and what waits for it.
struct PostgresOutbox {
    typealias Note = (channel: String, payload: String)

    private var waiting: [Note] = []
    private var underway: [Note] = []

    /// The oldest are dropped for the newest: who missed a hint looks by itself.
    private static let capacity = 10_000

    private static let batch = 256

    /// PostgreSQL's own limit; a longer payload would make its whole batch fail.
    private static let longestPayload = 7999

    /// Returns how many were dropped.
    mutating func append(_ channel: String, _ payload: String) -> Int {
        guard payload.utf8.count <= Self.longestPayload else { return 1 }
        waiting.append((channel, payload))
        return trim()
    }

    mutating func takeBatch() -> [Note] {
        underway = Array(waiting.prefix(Self.batch))
        waiting.removeFirst(underway.count)
        return underway
    }

    /// Returns how many were dropped: all of a batch that failed.
    mutating func answered(isDone: Bool) -> Int {
        defer { underway = [] }
        return isDone ? 0 : underway.count
    }

    /// The connection is gone: what was on its way may have arrived, and is sent once more.
    mutating func takeBack() -> Int {
        waiting = underway + waiting
        underway = []
        return trim()
    }

    private mutating func trim() -> Int {
        let excess = max(0, waiting.count - Self.capacity)
        waiting.removeFirst(excess)
        return excess
    }
}

/// What is counted of a listener.
package final class PostgresListenerMetrics: MetricSource {
    package let connects = Counter()
    package let received = Counter()
    package let batches = Counter()
    package let dropped = Counter()

    package init() {}

    package func write(to page: inout Exposition) {
        page.counter(
            "postgres_listener_connects_total", "Connections that listen to other nodes.",
            connects.value)
        page.counter(
            "postgres_notifications_received_total", "Hints that came from other nodes.",
            received.value)
        page.counter(
            "postgres_notification_batches_total", "Transactions that notified other nodes.",
            batches.value)
        page.counter(
            "postgres_notifications_dropped_total",
            "Hints that were not sent: too many waited, or the database refused.", dropped.value)
    }
}
