import Metrics

/// What is counted of the log.
final class LogMetrics: Sendable {
    let lines = Row<Log.Level.Name, Counter>()
    let dropped = Counter()
}

extension Log.Level {
    /// A level as it is written.
    enum Name: String, MetricLabel {
        case debug, info, warning, error
    }

    var name: Name {
        switch self {
        case .debug: .debug
        case .info: .info
        case .warning: .warning
        case .error: .error
        }
    }
}
