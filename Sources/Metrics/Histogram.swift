import Synchronization

/// How often something was how large.
///
/// Runs on: one thread records, whichever others read. A reader gets buckets and sum as they were at
/// one point between two records: it looks again if a record came in between, the recorder never waits.
/// A look takes 50 ns, so there must be pauses of that length, as there are between requests.
public final class Histogram: Sendable {
    /// Where the buckets end, and in what unit.
    public let scale: Scale

    /// Odd while a record is under way.
    private let version = Atomic<UInt64>(0)
    private let sum = Atomic<UInt64>(0)
    /// One for each bound, and one for what is larger.
    private let buckets = InlineArray<21, Atomic<UInt64>> { _ in Atomic(0) }

    /// Nothing was recorded yet.
    public init(_ scale: Scale) {
        self.scale = scale
    }

    /// Takes a value down, in the unit of the scale.
    public func record(_ value: UInt64) {
        let bucket = scale.bucket(of: value)
        let current = version.load(ordering: .relaxed)
        version.store(current &+ 1, ordering: .relaxed)
        // Releasing, so that nobody sees one of these without the version before it.
        Self.add(1, to: buckets[bucket])
        Self.add(value, to: sum)
        version.store(current &+ 2, ordering: .releasing)
    }

    /// What was recorded up to now.
    public func snapshot() -> Snapshot {
        while true {
            let before = version.load(ordering: .acquiring)
            let counts = (0...scale.bounds.count).map { buckets[$0].load(ordering: .acquiring) }
            let total = sum.load(ordering: .acquiring)
            if before & 1 == 0, version.load(ordering: .relaxed) == before {
                return Snapshot(scale: scale, counts: counts, sum: total)
            }
        }
    }

    /// One thread writes, so that it need not lock the cell.
    private static func add(_ amount: UInt64, to cell: borrowing Atomic<UInt64>) {
        cell.store(cell.load(ordering: .relaxed) &+ amount, ordering: .releasing)
    }
}

extension Histogram {
    /// The upper bounds of buckets.
    public struct Scale: Sendable, Equatable {
        package let bounds: [UInt64]

        /// How many units of a recorded value are one unit of the rendered one.
        let unitsInOne: UInt64

        /// At most 20 bounds, in rising order.
        public init(bounds: [UInt64], unitsInOne: UInt64 = 1) {
            assert(bounds.count <= 20 && bounds == bounds.sorted())
            self.bounds = bounds
            self.unitsInOne = unitsInOne
        }

        /// Nanoseconds, rendered as seconds: from what a cached account takes to more than the 15
        /// seconds that a provider may take.
        public static let durations = Scale(
            bounds: [
                5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000,
                5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000, 250_000_000,
                500_000_000, 1_000_000_000, 2_500_000_000, 5_000_000_000, 20_000_000_000,
            ], unitsInOne: 1_000_000_000)

        /// How many at once, up to 256.
        public static let batches = Scale(bounds: [1, 2, 4, 8, 16, 32, 64, 128, 256])

        /// What is recorded most is small: the first bounds are looked at first.
        func bucket(of value: UInt64) -> Int {
            var index = 0
            while index < bounds.count, value > bounds[index] { index += 1 }
            return index
        }
    }

    /// The state of a histogram at one point.
    public struct Snapshot: Sendable, Equatable {
        let scale: Scale

        /// How many fell into each bucket, not cumulated.
        package fileprivate(set) var counts: [UInt64]

        /// The sum of all values, in the scale's own unit.
        public var sum: UInt64

        /// How many values there are.
        public var count: UInt64 { counts.reduce(0, &+) }

        /// What several histograms of one scale have together; nil if there are none.
        public static func sum(of histograms: some Sequence<Histogram>) -> Snapshot? {
            var total: Snapshot?
            for histogram in histograms {
                let part = histogram.snapshot()
                guard var whole = total else {
                    total = part
                    continue
                }
                assert(whole.scale == part.scale, "two scales in one histogram")
                for index in whole.counts.indices { whole.counts[index] &+= part.counts[index] }
                whole.sum &+= part.sum
                total = whole
            }
            return total
        }
    }
}
