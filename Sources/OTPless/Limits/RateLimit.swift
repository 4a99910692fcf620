/// How often something may happen: several rates, all of which must hold, over sliding windows.
public struct RateLimit: Hashable, Sendable {
    /// So many times within so long.
    public struct Rate: Hashable, Sendable {
        /// How many times, at least 1.
        public let count: Int

        /// Within how long.
        public let window: Duration

        /// A rate.
        public init(_ count: Int, per window: Duration) {
            self.count = count
            self.window = window
        }
    }

    /// The rates, at least one.
    public let rates: [Rate]

    /// A limit of these rates.
    public init(_ rates: [Rate]) {
        self.rates = rates
    }

    /// How many times have to be remembered.
    var memory: Int { rates.map(\.count).max() ?? 0 }

    /// For how long.
    var horizon: Duration { rates.map(\.window).max() ?? .zero }
}

/// When something happened, as far as a limit has to know it.
struct RateLog: Sendable {
    /// Newest first.
    private(set) var times: [Timestamp]

    /// A time that far ahead is one of a clock that has been set back since.
    private static let tolerance = Duration.seconds(60)

    /// Nothing has happened.
    init(_ times: [Timestamp] = []) {
        self.times = times
    }

    /// For how long a limit lets it not happen again; nil: it may now.
    func wait(_ limit: RateLimit, at now: Timestamp) -> Duration? {
        let counted = times.filter { $0 < now + Self.tolerance }
        let waits = limit.rates.compactMap { rate -> Duration? in
            guard counted.count >= rate.count else { return nil }
            // Who looked at the clock first may come second; nobody waits longer than the window.
            let wait = min(counted[rate.count - 1], now) + rate.window - now
            return wait > .zero ? wait : nil
        }
        return waits.max()
    }

    /// It happens now.
    mutating func add(_ now: Timestamp, for limit: RateLimit) {
        // They do not count, and would push out those that do.
        times.removeAll { $0 >= now + Self.tolerance }
        // Requests may come in another order than they looked at the clock.
        let place = times.firstIndex { $0 <= now } ?? times.endIndex
        times.insert(now, at: place)
        times = Array(times.prefix(limit.memory))
    }

    /// It did not happen after all.
    mutating func remove(_ time: Timestamp) {
        if let place = times.firstIndex(of: time) { times.remove(at: place) }
    }
}

extension RateLog {
    /// Eight bytes a time, newest first.
    init(bytes: [UInt8]) {
        times = stride(from: 0, to: bytes.count - bytes.count % 8, by: 8).map { start in
            let value = bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
            return Timestamp(milliseconds: Int64(bitPattern: value))
        }
    }

    /// The form in which it is kept.
    var bytes: [UInt8] {
        times.flatMap { time in
            let value = UInt64(bitPattern: time.milliseconds)
            return (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64(56 - 8 * $0)) }
        }
    }
}
