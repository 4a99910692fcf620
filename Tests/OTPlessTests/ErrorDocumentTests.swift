import Foundation
import OTPless
import Testing

/// docs/errors.md and docs/audit.md say what the code says.
struct ErrorDocumentTests {
    @Test func `the document lists every code with its status and its words, and no other`() throws
    {
        let rows = try Self.rows()
        for code in Failure.Code.allCases {
            let row = "| `\(code.rawValue)` | \(code.status) | \(code.message) | \(code.details) |"
            #expect(rows.contains { $0 == row }, "docs/errors.md lacks this line: \(row)")
        }
        #expect(rows.count == Failure.Code.allCases.count)
    }

    @Test func `the document of audit records lists every event, in the order of the code`() throws
    {
        let events = try Self.rows("docs/audit.md").map { $0.split(separator: "`")[1] }
        #expect(events == AuditEvent.allCases.map { $0.rawValue[...] })
    }

    private static func rows(_ path: String = "docs/errors.md") throws -> [Substring] {
        let here = URL(filePath: #filePath)
        let file = here.deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: path)
        let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        return text.split(separator: "\n").filter { $0.hasPrefix("| `") }
    }
}
