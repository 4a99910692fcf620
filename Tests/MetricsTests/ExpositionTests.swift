import Metrics
import Testing

struct ExpositionTests {
    private enum Colour: String, MetricLabel {
        case red
        case deepGreen = "deep_green"
    }

    /// What is written to a fresh page.
    private static func text(_ write: (inout Exposition) -> Void) -> String {
        var page = Exposition(prefix: "shop_")
        write(&page)
        return page.text
    }

    @Test func `a family has its help, its type, and a line for each series`() {
        let row = Row<Colour, Counter>()
        row[.deepGreen].add(7)
        let text = Self.text { $0.rows("apples_total", "Sold apples.", by: "colour", [row]) }
        #expect(
            text == """
                # HELP shop_apples_total Sold apples.
                # TYPE shop_apples_total counter
                shop_apples_total{colour="red"} 0
                shop_apples_total{colour="deep_green"} 7

                """)
    }

    @Test func `a series without labels has no braces`() {
        let text = Self.text { page in
            page.counter("visits_total", "Visits.", .max)
            page.gauge("visitors", "Visitors.", -1)
        }
        #expect(text.contains("\nshop_visits_total 18446744073709551615\n"))
        #expect(text.hasSuffix("# TYPE shop_visitors gauge\nshop_visitors -1\n"))
    }

    @Test func `a name that Prometheus gave has no prefix`() {
        let text = Self.text { page in
            page.family("process_open_fds", .gauge, "Open.", isStandard: true) { $0.add([], 3) }
        }
        #expect(text.hasSuffix("# TYPE process_open_fds gauge\nprocess_open_fds 3\n"))
    }

    @Test func `a histogram is cumulated, and its count is its last bucket`() {
        let histogram = Histogram(.init(bounds: [5_000, 2_500_000_000], unitsInOne: 1_000_000_000))
        for nanoseconds: UInt64 in [5_000, 6_000, 7_000, 3_000_000_000] {
            histogram.record(nanoseconds)
        }
        let text = Self.text { page in
            page.family("wait_seconds", .histogram, "Wait.") { family in
                family.add([("till", "1")], histogram.snapshot())
            }
        }
        #expect(
            text == """
                # HELP shop_wait_seconds Wait.
                # TYPE shop_wait_seconds histogram
                shop_wait_seconds_bucket{till="1",le="0.000005"} 1
                shop_wait_seconds_bucket{till="1",le="2.5"} 3
                shop_wait_seconds_bucket{till="1",le="+Inf"} 4
                shop_wait_seconds_sum{till="1"} 3.000018
                shop_wait_seconds_count{till="1"} 4

                """)
    }

    @Test(arguments: [
        ("plain", "plain"), (#"a\b"#, #"a\\b"#), ("a\"b", #"a\"b"#), ("a\nb", #"a\nb"#),
        ("é🙂{}", "é🙂{}"), ("\r\n", "\r\\n"),
    ])
    func `what has a meaning in a label's value is escaped`(_ value: String, _ written: String) {
        let text = Self.text { page in
            page.family("x", .gauge, "X.") { $0.add([("label", value)], 1) }
        }
        #expect(text.hasSuffix("\nshop_x{label=\"\(written)\"} 1\n"))
    }

    @Test func `quotes stay as they are in a help text`() {
        let text = Self.text { $0.gauge("x", "a \"b\" \\ c\nd", 1) }
        #expect(text.hasPrefix(#"# HELP shop_x a "b" \\ c\nd"# + "\n# TYPE"))
    }

    @Test(arguments: [
        (0, 1_000_000_000, "0"), (1, 1_000_000_000, "0.000000001"), (10, 10, "1"),
        (1_500, 1_000, "1.5"), (1_050, 1_000, "1.05"), (256, 1, "256"),
        (.max, 1_000_000_000, "18446744073.709551615"),
    ])
    func `a fraction is written without rounding`(
        _ value: UInt64, _ parts: UInt64, _ written: String
    ) {
        let text = Self.text { page in
            page.family("x", .gauge, "X.") { $0.add([], value, of: parts) }
        }
        #expect(text.hasSuffix("\nshop_x \(written)\n"))
    }
}
