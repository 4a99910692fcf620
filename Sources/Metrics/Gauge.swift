import Synchronization

/// How many there are of something just now.
///
/// Runs on: any thread.
public final class Gauge: MetricCell {
    private let level = Atomic<Int>(0)

    /// A gauge.
    public static var kind: Exposition.Kind { .gauge }

    /// There are none yet.
    public init() {}

    /// How many there are.
    public var value: Int { level.load(ordering: .relaxed) }

    /// So many came, or went if negative.
    public func add(_ amount: Int) {
        level.add(amount, ordering: .relaxed)
    }

    /// The sum of several.
    public static func sum(of gauges: some Sequence<Gauge>) -> Int {
        gauges.reduce(0) { $0 &+ $1.value }
    }
}
