public import Metrics

/// What is counted of one loop.
final class LoopMetrics: Sendable {
    /// How long the work of each turn took; what the loop sleeps is none of it.
    let turns = Histogram(.durations)
    let slowestTurn = RecentMaximum()
    let tasks = Gauge()
    let refusedLetters = Counter()

    func turnEnded(begun: Moment, at end: Moment) {
        let duration = end.nanoseconds &- begun.nanoseconds
        turns.record(duration)
        slowestTurn.record(duration, at: end.nanoseconds)
    }
}

extension LoopGroup: MetricSource {
    /// Writes what is counted of each loop.
    public func write(to page: inout Exposition) {
        let loops = loops.map { (label: [("loop", String($0.index))], $0.metrics, $0.mailbox) }
        page.family(
            "loop_turn_duration_seconds", .histogram,
            "What a turn of an event loop took, sleep not included: its sum is how busy the loop is."
        ) { family in
            for (label, metrics, _) in loops { family.add(label, metrics.turns.snapshot()) }
        }
        page.family(
            "loop_slowest_turn_seconds", .gauge,
            "The slowest turn of this minute and the one before."
        ) { family in
            let now = Moment.now.nanoseconds
            for (label, metrics, _) in loops {
                family.add(label, metrics.slowestTurn.value(at: now), of: 1_000_000)
            }
        }
        page.family("loop_tasks", .gauge, "Tasks that have not ended.") { family in
            for (label, metrics, _) in loops { family.add(label, metrics.tasks.value) }
        }
        page.family(
            "loop_letters_waiting", .gauge,
            "What other threads asked of a loop and it has not done."
        ) { family in
            for (label, _, mailbox) in loops { family.add(label, mailbox.count) }
        }
        page.family(
            "loop_letters_refused_total", .counter,
            "What a loop was asked when its mailbox was full."
        ) { family in
            for (label, metrics, _) in loops { family.add(label, metrics.refusedLetters.value) }
        }
    }
}
