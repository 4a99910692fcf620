import Foundation
import Metrics
import OTPless
import TestSupport
import Testing

/// docs/metrics.md has each metric as it is shown.
@Suite(.blocking, .timeLimit(.minutes(2)))
struct MetricsDocumentTests {
    @Test func `the document lists every metric with its type and its labels, and no other`()
        async throws
    {
        let rows = try Self.rows()
        try await withServer { server in
            _ = try server.signIn("16505550142")
            let families = try server.metrics().families + Self.postgresFamilies()
            for family in families {
                let labels = family.samples.first?.labels.keys.filter { $0 != "le" }.sorted() ?? []
                let names = labels.map { "`\($0)`" }.joined(separator: " ")
                let row = "| `\(family.name)` | \(family.type) | \(names) |"
                    .replacing("|  |", with: "| |")
                #expect(
                    rows.contains { $0.hasPrefix(row) }, "docs/metrics.md lacks this line: \(row)")
            }
            #expect(rows.count == families.count)
        }
    }

    /// What a server on PostgreSQL shows instead of the store's commits.
    private static func postgresFamilies() throws -> [MetricsPage.Family] {
        var page = Exposition(prefix: "otpless_")
        PostgresPoolMetrics(loops: 1).write(to: &page)
        PostgresListenerMetrics().write(to: &page)
        return try MetricsPage(page.text).families
    }

    private static func rows() throws -> [Substring] {
        var folder = URL(filePath: #filePath)
        for _ in 1...4 { folder.deleteLastPathComponent() }
        let data = try Data(contentsOf: folder.appending(path: "docs/metrics.md"))
        return String(decoding: data, as: UTF8.self).split(separator: "\n").filter {
            $0.hasPrefix("| `")
        }
    }
}
