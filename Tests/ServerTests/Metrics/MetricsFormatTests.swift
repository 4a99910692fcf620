import Foundation
import TestSupport
import Testing

/// The page as a whole.
@Suite(.blocking, .timeLimit(.minutes(2)))
struct MetricsFormatTests {
    /// A page on which most series have moved.
    private static func page() async throws -> String {
        var text = ""
        try await withServer { server in
            _ = try server.signIn("16505550142")
            _ = try server.call("GET", "/nowhere")
            text = try server.call("GET", "/metrics").text
        }
        return text
    }

    @Test func `the page is in the format, families once and whole, buckets cumulated`()
        async throws
    {
        let page = try MetricsPage(try await Self.page())
        #expect(page.families.count > 30)
        for family in page.families {
            #expect(family.name.hasPrefix("otpless_") || family.name.hasPrefix("process_"))
            #expect(!family.samples.isEmpty, "\(family.name) is empty")
        }
    }

    @Test func `process metrics tell of this process`() async throws {
        try await withServer { server in
            let page = try server.metrics()
            let now = Date().timeIntervalSince1970
            #expect(abs(page.value("process_start_time_seconds") - now) < 60)
            #expect(page.value("process_cpu_seconds_total") > 0)
            let resident = page.value("process_resident_memory_bytes")
            #expect(resident > 1_048_576 && resident < page.value("process_virtual_memory_bytes"))
            let open = try FileManager.default.contentsOfDirectory(
                atPath: "/proc/\(server.process.id)/fd")
            // The connection that asked for the page may be gone.
            #expect(abs(page.value("process_open_fds") - Double(open.count)) <= 2)
            #expect(page.value("process_max_fds") >= Double(open.count))
            let version = page.families.first { $0.name == "otpless_build_info" }?.samples.first
            #expect(version?.value == 1)
            #expect(version?.labels["version"]?.isEmpty == false)
        }
    }

    @Test func `each loop tells its turns`() async throws {
        try await withServer { server in
            for _ in 0..<20 { _ = try server.call("GET", "/healthz") }
            let page = try server.metrics()
            for loop in ["0", "1"] {
                let labels = ["loop": loop]
                #expect(page.value("otpless_loop_turn_duration_seconds_count", labels) > 0)
                let slowest = page.value("otpless_loop_slowest_turn_seconds", labels)
                // Rounded down to microseconds.
                let sum = page.value("otpless_loop_turn_duration_seconds_sum", labels)
                #expect(slowest <= sum)
            }
            #expect(page.sum("otpless_loop_slowest_turn_seconds") > 0)
        }
    }

    @Test(.enabled(if: Promtool.program != nil, "no promtool on the PATH"))
    func `promtool has nothing to say against the page`() async throws {
        let program = try #require(Promtool.program)
        let result = try Promtool(program, checking: try await Self.page())
        #expect(result.status == 0 && result.complaints.isEmpty, "\(result.complaints)")
    }

    @Test(arguments: [
        "a_total 1", "a 1\n", "# HELP a A.\na 1\n", "# TYPE a gauge\na 1\n",
        "# HELP a A.\n# TYPE b gauge\n", "# HELP a A.\n# TYPE a counter\n",
        "# HELP a A.\n# TYPE a gauge\na 1\na 1\n", "# HELP a A.\n# TYPE a gauge\nb 1\n",
        "# HELP a A.\n# TYPE a gauge\n# HELP a A.\n# TYPE a gauge\n",
        "# HELP a A.\n# TYPE a gauge\na{b=\"\\x\"} 1\n", "# HELP a A.\n# TYPE a gauge\na{b=\"} 1\n",
        "# HELP a A.\n# TYPE a gauge\na{b=\"\",b=\"\"} 1\n", "# HELP a A.\n# TYPE a gauge\na  1\n",
        "# HELP a A.\n# TYPE a gauge\na one\n", "# HELP a A.\n# TYPE a gauge\n\na 1\n",
        "# HELP a A.\n# TYPE a histogram\na_bucket{le=\"1\"} 1\na_sum 1\na_count 1\n",
        "# HELP a A.\n# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\na_sum 1\n"
            + "a_count 1\n",
        "# HELP a A.\n# TYPE a histogram\na_bucket{le=\"+Inf\"} 2\na_sum 1\na_count 1\n",
    ])
    func `the tests' own reader of the format takes nothing else`(_ page: String) {
        #expect(throws: Fault.self) { try MetricsPage(page) }
    }
}
