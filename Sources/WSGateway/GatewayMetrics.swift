public import Metrics

/// What is counted of the pages that wait.
final class GatewayMetrics: Sendable {
    /// What a page waits for.
    enum State: String, MetricLabel {
        /// It has not shown its verifier.
        case unproved
        /// For the answer.
        case waiting
        /// It has its tokens and has not acknowledged them.
        case granted
    }

    let pages = Row<State, Gauge>()
    let replaced = Counter()

    func moved(from old: State?, to new: State?) {
        guard old != new else { return }
        if let old { pages[old].add(-1) }
        if let new { pages[new].add(1) }
    }
}

extension Gateway: MetricSource {
    /// Writes how many pages wait, and for what.
    public func write(to page: inout Exposition) {
        page.rows(
            "waiting_pages", "Pages on a WebSocket by what they wait for.", by: "state",
            [metrics.pages])
        page.counter(
            "waiting_pages_replaced_total", "Pages that a newer one for the same login replaced.",
            metrics.replaced.value)
    }
}
