import TestSupport

/// Prometheus' own check of a page of metrics.
struct Promtool {
    /// The program; nil, and said aloud once, when there is none.
    static let program = Tool.find("promtool", for: "/metrics", package: "prometheus")

    /// How it ended.
    let status: Int32

    /// All that it said.
    let complaints: String

    /// Checks a page.
    init(_ program: String, checking page: String) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(page, to: "page")
        let tool = try Tool(program, ["check", "metrics"], reading: file)
        status = tool.status
        complaints = tool.output + tool.complaints
    }
}
