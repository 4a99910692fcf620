import Metrics

/// What is counted of a store's writer: by its thread, but for what it refuses.
final class StoreMetrics: Sendable {
    /// How a commit ended.
    enum Commit: String, MetricLabel {
        case committed, failed
    }

    let commits = Row<Commit, Counter>()

    /// From BEGIN to the end of COMMIT, what is on disk then.
    let durations = Histogram(.durations)

    /// How many operations share a commit.
    let batches = Histogram(.batches)

    let refused = Counter()

    func committed(_ count: Int, in nanoseconds: UInt64) {
        commits[.committed].add()
        batches.record(UInt64(count))
        durations.record(nanoseconds)
    }

    func write(waiting: Int, to page: inout Exposition) {
        page.rows(
            "store_commits_total", "Transactions of the store by result.", by: "result",
            [commits])
        page.family(
            "store_commit_duration_seconds", .histogram,
            "What a commit took, from its beginning until all of it was on disk."
        ) { $0.add([], durations.snapshot()) }
        page.family(
            "store_commit_operations", .histogram, "How many operations shared a commit."
        ) { $0.add([], batches.snapshot()) }
        page.gauge("store_operations_waiting", "Operations that wait for a commit.", waiting)
        page.counter(
            "store_operations_refused_total", "Operations that were refused: too many waited.",
            refused.value)
    }
}
