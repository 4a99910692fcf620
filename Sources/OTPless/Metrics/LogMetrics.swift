import Metrics

/// What is counted of the log.
final class LogMetrics: Sendable {
    let lines = Row<Log.Level, Counter>()
    let dropped = Counter()
}
