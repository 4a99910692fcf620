import Loop
import Metrics
import Synchronization

/// What is counted of one endpoint on one loop.
final class EndpointMetrics: Sendable {
    /// From the whole request to its reply, the sending of both not included.
    let durations = Histogram(.durations)

    /// Requests that wait for an async handler.
    let inFlight = Gauge()

    /// How many replies had each of `statuses`, and at the end how many had another one.
    private let replies = InlineArray<32, Atomic<UInt64>> { _ in Atomic(0) }

    /// The statuses that are counted apart.
    static let statuses = [
        101, 200, 201, 202, 204, 302, 304, 400, 401, 403, 404, 405, 408, 409, 410, 411, 413, 414,
        415, 417, 422, 426, 429, 431, 500, 501, 502, 503, 504, 505,
    ]

    /// The place of each status, so that counting one takes a look and no search.
    private static let places: [UInt8] = (0..<600).map { status in
        UInt8(statuses.firstIndex(of: status) ?? statuses.count)
    }

    func answered(_ status: Int, since start: Moment) {
        count(status)
        durations.record(Moment.now.nanoseconds &- start.nanoseconds)
    }

    func count(_ status: Int) {
        let place = 0..<600 ~= status ? Int(Self.places[status]) : Self.statuses.count
        replies[place].add(1, ordering: .relaxed)
    }

    /// Statuses and how many replies had them, where there were any.
    static func replies(of parts: [EndpointMetrics]) -> [(status: String, count: UInt64)] {
        (0...statuses.count).compactMap { place in
            let count = parts.reduce(0) { $0 &+ $1.replies[place].load(ordering: .relaxed) }
            let status = place < statuses.count ? String(statuses[place]) : "other"
            return count > 0 ? (status, count) : nil
        }
    }
}
