import Loop
import Metrics
import Synchronization
import Testing

struct HistogramTests {
    private static let scale = Histogram.Scale(bounds: [10, 20, 50])

    @Test(arguments: [
        (0, 0), (10, 0), (11, 1), (20, 1), (21, 2), (50, 2), (51, 3), (UInt64.max, 3),
    ])
    func `a value falls into the first bucket whose bound it does not exceed`(
        _ value: UInt64, _ bucket: Int
    ) {
        let histogram = Histogram(Self.scale)
        histogram.record(value)
        let snapshot = histogram.snapshot()
        #expect(snapshot.counts.firstIndex(of: 1) == bucket)
        #expect(snapshot.count == 1)
        #expect(snapshot.sum == value)
    }

    @Test func `every scale keeps its largest values`() {
        for scale in [Histogram.Scale.durations, .batches] {
            let histogram = Histogram(scale)
            histogram.record(.max)
            #expect(histogram.snapshot().counts == scale.bounds.map { _ in 0 } + [1])
        }
    }

    @Test func `the histograms of several loops make one`() throws {
        let (one, other) = (Histogram(Self.scale), Histogram(Self.scale))
        one.record(5)
        one.record(15)
        other.record(15)
        other.record(100)
        let total = try #require(Histogram.Snapshot.sum(of: [one, other]))
        #expect(total.counts == [1, 2, 0, 1])
        #expect(total.sum == 135)
        #expect(Histogram.Snapshot.sum(of: []) == nil)
    }

    @Test func `who reads while another thread records sees whole records, and never fewer`()
        throws
    {
        let histogram = Histogram(Self.scale)
        let isDone = Flag()
        let writer = try Thread(name: "writer") {
            // Each value is 7, so that sum and count must be in step. Pauses, as there are between
            // requests: a reader needs one as long as its look.
            let pause = Histogram(Self.scale)
            while !isDone.isRaised {
                for _ in 0..<4 { _ = pause.snapshot() }
                for _ in 0..<4 { histogram.record(7) }
            }
        }
        var last = histogram.snapshot()
        var changes = 0
        while changes < 5000 {
            let next = histogram.snapshot()
            guard next.sum == 7 * next.count, next.count >= last.count else {
                Issue.record("\(next) after \(last)")
                break
            }
            if next != last { changes += 1 }
            last = next
        }
        isDone.raise()
        writer.join()
    }
}

/// Says that a test is done.
private final class Flag: Sendable {
    private let raised = Atomic(false)

    var isRaised: Bool { raised.load(ordering: .acquiring) }

    func raise() { raised.store(true, ordering: .releasing) }
}
