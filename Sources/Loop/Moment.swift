import CLinux
import Glibc

/// A point on the machine's monotonic clock, in nanoseconds; unaffected when somebody sets the time.
public struct Moment: Comparable, Hashable, Sendable {
    /// Nanoseconds since an arbitrary start.
    public let nanoseconds: UInt64

    /// A moment from raw nanoseconds, for tests and arithmetic.
    public init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    /// The monotonic clock, read now.
    public static var now: Moment {
        Moment(nanoseconds: clinux_clock_nanoseconds(CLOCK_MONOTONIC))
    }

    /// Later than every other moment.
    public static let never = Moment(nanoseconds: .max)

    /// Whether the left moment is earlier.
    public static func < (left: Moment, right: Moment) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// The moment that long after this one; `never` where the sum does not fit.
    public static func + (moment: Moment, duration: Duration) -> Moment {
        let (sum, overflow) = moment.nanoseconds.addingReportingOverflow(duration.wholeNanoseconds)
        return overflow ? .never : Moment(nanoseconds: sum)
    }

    /// The moment that long after this one.
    public static func + (moment: Moment, interval: Interval) -> Moment {
        let (sum, overflow) = moment.nanoseconds.addingReportingOverflow(interval.nanoseconds)
        return overflow ? .never : Moment(nanoseconds: sum)
    }

    /// The moment that long before this one; the clock's beginning where there is none.
    public static func - (moment: Moment, interval: Interval) -> Moment {
        Moment(nanoseconds: moment.nanoseconds - min(moment.nanoseconds, interval.nanoseconds))
    }

    /// The time from the right moment to the left one; zero if the right one is later.
    public static func - (left: Moment, right: Moment) -> Duration {
        guard left > right else { return .zero }
        return .nanoseconds(Int64(clamping: left.nanoseconds - right.nanoseconds))
    }
}

/// A length of time made ready for sums: a `Duration` is 128 bits wide, and dividing it by 10^9 for each
/// request takes as long as routing it.
public struct Interval: Sendable {
    /// Whole nanoseconds.
    public let nanoseconds: UInt64

    /// The length of a duration.
    public init(_ duration: Duration) {
        nanoseconds = duration.wholeNanoseconds
    }
}

extension Duration {
    /// The duration in nanoseconds; negative ones count as zero, huge ones are clamped.
    public var wholeNanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (product, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, more) = product.addingReportingOverflow(UInt64(attoseconds) / 1_000_000_000)
        return overflow || more ? .max : sum
    }
}
