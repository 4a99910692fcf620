import CLinux
import Glibc

/// A point in civil time, in milliseconds since 1970; clients see whole seconds.
public struct Timestamp: Comparable, Hashable, Sendable {
    /// Milliseconds since 1970-01-01 UTC.
    public let milliseconds: Int64

    /// From milliseconds.
    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// From whole Unix seconds, as providers and tokens write them; saturates far beyond any real date.
    public init(seconds: Int64) {
        let limit = Int64.max / 1000
        milliseconds = min(max(seconds, -limit), limit) * 1000
    }

    /// Whole Unix seconds, rounded down.
    public var seconds: Int64 {
        milliseconds / 1000 - (milliseconds % 1000 < 0 ? 1 : 0)
    }

    /// Whether the left time is earlier.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// The time that long after this one.
    public static func + (time: Timestamp, duration: Duration) -> Timestamp {
        Timestamp(
            milliseconds: saturate(
                time.milliseconds.addingReportingOverflow(duration.wholeMilliseconds),
                duration < .zero))
    }

    /// The time that long before this one.
    public static func - (time: Timestamp, duration: Duration) -> Timestamp {
        Timestamp(
            milliseconds: saturate(
                time.milliseconds.subtractingReportingOverflow(duration.wholeMilliseconds),
                duration > .zero))
    }

    private static func saturate(
        _ sum: (partialValue: Int64, overflow: Bool), _ isDown: Bool
    ) -> Int64 {
        guard sum.overflow else { return sum.partialValue }
        return isDown ? .min : .max
    }

    /// The time from the right to the left one; negative if the right one is later.
    public static func - (left: Timestamp, right: Timestamp) -> Duration {
        .milliseconds(left.milliseconds &- right.milliseconds)
    }
}

extension Duration {
    /// The duration in whole milliseconds.
    public var wholeMilliseconds: Int64 {
        components.seconds &* 1000 &+ components.attoseconds / 1_000_000_000_000_000
    }

    /// The duration in whole seconds, rounded down.
    public var wholeSeconds: Int { Int(components.seconds) }

    /// The duration in whole seconds for `Retry-After`: waiting that long is enough.
    var secondsRoundedUp: Int { max(1, Int((wholeMilliseconds + 999) / 1000)) }
}

/// Tells the time: the system's, or a test's.
public protocol WallClock: Sendable {
    /// The time now.
    var now: Timestamp { get }
}

/// The machine's clock.
public struct SystemClock: WallClock {
    /// The system's clock has no state.
    public init() {}

    /// CLOCK_REALTIME, read now.
    public var now: Timestamp {
        Timestamp(milliseconds: Int64(clinux_clock_nanoseconds(CLOCK_REALTIME) / 1_000_000))
    }
}
