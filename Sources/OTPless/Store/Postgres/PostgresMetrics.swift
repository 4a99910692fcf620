package import Metrics

/// What is counted of one loop's connections to PostgreSQL.
package final class PostgresMetrics: Sendable {
    /// Why a transaction was run once more.
    enum Repetition: String, MetricLabel {
        /// Another transaction was in its way.
        case conflict
        /// Its connection was lost before it committed.
        case connection
    }

    /// How connecting ended.
    enum Connecting: String, MetricLabel {
        case opened, failed
    }

    let open = Gauge()
    let busy = Gauge()
    let waiting = Gauge()
    /// 1 while no connection can be had.
    let down = Gauge()
    let connecting = Row<Connecting, Counter>()
    let repetitions = Row<Repetition, Counter>()
    /// Connections that were in use or idle and broke.
    let lost = Counter()
    /// Operations that failed for good.
    let failures = Counter()
    /// Operations that were refused: too many waited, or waited too long.
    let refused = Counter()
    /// From asking for a connection until the operation's end.
    let durations = Histogram(.durations)

    package init() {}
}

/// All loops' connections to PostgreSQL, a part for each loop.
package struct PostgresPoolMetrics: MetricSource {
    /// By the loop's index.
    package let parts: [PostgresMetrics]

    package init(loops: Int) {
        parts = (0..<loops).map { _ in PostgresMetrics() }
    }

    /// How many connections were opened, and broke, and how often operations were run once more; for
    /// tests.
    package var opened: Int { parts.reduce(0) { $0 + Int($1.connecting[.opened].value) } }
    package var lost: Int { parts.reduce(0) { $0 + Int($1.lost.value) } }
    package var conflicts: Int { parts.reduce(0) { $0 + Int($1.repetitions[.conflict].value) } }
    package var replaced: Int { parts.reduce(0) { $0 + Int($1.repetitions[.connection].value) } }

    package func write(to page: inout Exposition) {
        page.gauge(
            "postgres_connections", "Open connections to PostgreSQL.",
            Gauge.sum(of: parts.map(\.open)))
        page.gauge(
            "postgres_connections_busy", "Connections to PostgreSQL that an operation uses.",
            Gauge.sum(of: parts.map(\.busy)))
        page.gauge(
            "postgres_operations_waiting", "Operations that wait for a connection.",
            Gauge.sum(of: parts.map(\.waiting)))
        page.gauge(
            "postgres_loops_down", "Event loops that cannot have a connection to PostgreSQL.",
            Gauge.sum(of: parts.map(\.down)))
        page.rows(
            "postgres_connects_total", "Tries to connect to PostgreSQL by result.", by: "result",
            parts.map(\.connecting))
        page.rows(
            "postgres_repetitions_total",
            "Operations that were run once more, because of a conflict or a lost connection.",
            by: "cause", parts.map(\.repetitions))
        page.counter(
            "postgres_connections_lost_total", "Connections to PostgreSQL that broke.",
            Counter.sum(of: parts.map(\.lost)))
        page.counter(
            "postgres_operations_failed_total", "Operations that failed in the end.",
            Counter.sum(of: parts.map(\.failures)))
        page.counter(
            "postgres_operations_refused_total",
            "Operations that got no connection: too many waited, or too long.",
            Counter.sum(of: parts.map(\.refused)))
        page.family(
            "postgres_operation_duration_seconds", .histogram,
            "What operations on PostgreSQL took, waiting for a connection included."
        ) { family in
            if let total = Histogram.Snapshot.sum(of: parts.map(\.durations)) {
                family.add([], total)
            }
        }
    }
}
