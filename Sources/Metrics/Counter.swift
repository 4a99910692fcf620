import Synchronization

/// A count that only grows.
///
/// Runs on: any thread. Where loops count with every request, each has a counter of its own and what
/// is shown is the sum: memory that two cores write wanders between them.
public final class Counter: MetricCell {
    private let count = Atomic<UInt64>(0)

    /// A counter.
    public static var kind: Exposition.Kind { .counter }

    /// Nothing was counted yet.
    public init() {}

    /// How much was counted.
    public var value: UInt64 { count.load(ordering: .relaxed) }

    /// Counts so many more.
    public func add(_ amount: Int = 1) {
        count.add(UInt64(max(0, amount)), ordering: .relaxed)
    }

    /// The sum of several.
    public static func sum(of counters: some Sequence<Counter>) -> UInt64 {
        counters.reduce(0) { $0 &+ $1.value }
    }
}
