import Loop
public import Metrics

/// What is counted of one loop's HTTP client.
public final class TransferMetrics: Sendable {
    /// What became of a request.
    enum Result: String, MetricLabel {
        /// The other server answered, whatever it said.
        case answered
        /// It may have arrived, but there was no answer.
        case failed
        /// It was never sent: too many were waiting, or no time was left.
        case refused
    }

    let results = Row<Result, Counter>()
    let durations = Histogram(.durations)
    let inFlight = Gauge()
    let waiting = Gauge()

    /// Nothing was counted yet.
    public init() {}

    func ended(_ result: Result, after duration: Duration) {
        results[result].add()
        inFlight.add(-1)
        durations.record(duration.wholeNanoseconds)
    }
}

/// The clients that talk to the provider, a part for each loop.
public struct ProviderMetrics: MetricSource {
    /// By the loop's index.
    public let parts: [TransferMetrics]

    /// Parts for so many loops.
    public init(loops: Int) {
        parts = (0..<loops).map { _ in TransferMetrics() }
    }

    /// Writes requests by result, how long they took, and how many there are.
    public func write(to page: inout Exposition) {
        page.rows(
            "provider_requests_total",
            "Requests to the provider; failed: no answer came; refused: it was never sent.",
            by: "result", parts.map(\.results))
        page.family(
            "provider_request_duration_seconds", .histogram,
            "How long requests to the provider took, waiting for their turn not included."
        ) { family in
            if let total = Histogram.Snapshot.sum(of: parts.map(\.durations)) {
                family.add([], total)
            }
        }
        page.gauge(
            "provider_requests_in_flight", "Requests to the provider that are on their way.",
            Gauge.sum(of: parts.map(\.inFlight)))
        page.gauge(
            "provider_requests_waiting", "Requests to the provider that wait for their turn.",
            Gauge.sum(of: parts.map(\.waiting)))
    }
}
