import Foundation
import OTPless
import Testing

/// docs/errors.md says of each code what the catalogue says.
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

    private static func rows() throws -> [Substring] {
        let here = URL(filePath: #filePath)
        let file = here.deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/errors.md")
        let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        return text.split(separator: "\n").filter { $0.hasPrefix("| `") }
    }
}
