import Synchronization

/// The largest of the values of this minute and the one before.
///
/// A maximum since the start would tell of one bad moment for ever, and one that a reader resets would
/// be right for one reader alone.
/// Runs on: one thread records, whichever others read.
public final class RecentMaximum: Sendable {
    /// For even and for odd minutes: the minute, and 40 bits of microseconds.
    private let even = Atomic<UInt64>(0)
    private let odd = Atomic<UInt64>(0)

    private static let minute: UInt64 = 60_000_000_000
    private static let mask: UInt64 = 1 << 40 - 1

    /// Nothing was recorded yet.
    public init() {}

    /// Takes a duration down that ended at that moment, both in nanoseconds.
    public func record(_ duration: UInt64, at moment: UInt64) {
        let minute = moment / Self.minute
        let entry = minute << 40 | min(duration / 1000, Self.mask)
        if minute & 1 == 0 { Self.raise(even, to: entry) } else { Self.raise(odd, to: entry) }
    }

    /// The largest duration of this minute and the one before, in microseconds.
    public func value(at moment: UInt64) -> UInt64 {
        let minute = moment / Self.minute
        let entries = [even.load(ordering: .relaxed), odd.load(ordering: .relaxed)]
        return entries.filter { $0 >> 40 + 1 >= minute }.map { $0 & Self.mask }.max() ?? 0
    }

    /// An entry of a later minute is larger whatever it holds.
    private static func raise(_ cell: borrowing Atomic<UInt64>, to entry: UInt64) {
        if entry > cell.load(ordering: .relaxed) { cell.store(entry, ordering: .relaxed) }
    }
}
