package import Loop
import Metrics

/// A loop and its connections to PostgreSQL.
package struct PostgresPlace: Sendable {
    let loop: EventLoop
    let pool: SourceID
    private let metrics: PostgresMetrics

    package init(loop: EventLoop, pool: SourceID, metrics: PostgresMetrics) {
        (self.loop, self.pool, self.metrics) = (loop, pool, metrics)
    }

    /// Whether no connection can be had there; any thread may ask.
    var isDown: Bool { metrics.down.value > 0 }

    /// The database is back for one loop, and so for all: none need wait until its own next try is due.
    func tryNow() {
        loop.post { [pool] loop in (loop.source(pool) as? PostgresPool)?.tryNow(on: loop) }
    }

    /// Tells each pool of the others.
    package static func introduce(_ places: [PostgresPlace]) async {
        for place in places {
            let others = places.filter { $0.loop !== place.loop }
            await introduce(others, to: place.pool, on: place.loop)
        }
    }

    private static func introduce(
        _ others: [PostgresPlace], to pool: SourceID, on loop: isolated EventLoop
    ) {
        (loop.source(pool) as? PostgresPool)?.neighbours = others
    }
}
