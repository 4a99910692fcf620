import Metrics
import Testing

struct CounterTests {
    private enum Colour: String, MetricLabel {
        case red, green
    }

    @Test func `a counter only grows`() {
        let counter = Counter()
        counter.add()
        counter.add(2)
        counter.add(0)
        counter.add(-5)
        #expect(counter.value == 3)
    }

    @Test func `a gauge goes up and down`() {
        let gauge = Gauge()
        gauge.add(3)
        gauge.add(-4)
        #expect(gauge.value == -1)
    }

    @Test func `a row has a cell for each value of its label`() {
        let row = Row<Colour, Counter>()
        row[.green].add(2)
        #expect(row[.red].value == 0)
        #expect(row[.green].value == 2)
        #expect(Counter.sum(of: Colour.allCases.map { row[$0] }) == 2)
    }

    @Test func `what several threads count is all there`() async {
        let (counter, gauge) = (Counter(), Gauge())
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask { @concurrent in
                    for _ in 0..<20_000 {
                        counter.add()
                        gauge.add(1)
                        gauge.add(-1)
                    }
                }
            }
        }
        #expect(counter.value == 80_000)
        #expect(gauge.value == 0)
    }
}
