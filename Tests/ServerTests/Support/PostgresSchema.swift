import Foundation
import TestSupport
import Testing

/// A schema of a test's own in the PostgreSQL of the run, by PostgreSQL's own client.
enum PostgresSchema {
    /// The server that `scripts/with-postgres` starts.
    static let server = ProcessInfo.processInfo.environment["OTPLESS_TEST_POSTGRES"]

    static func use(_ body: (_ url: String) async throws -> Void) async throws {
        let server = try #require(server)
        let name = "test_\(UInt64.random(in: 0 ... .max))"
        try run("CREATE SCHEMA \(name)", at: server)
        let separator = server.contains("?") ? "&" : "?"
        let outcome: Result<Void, any Error>
        do {
            try await body("\(server)\(separator)options=-csearch_path%3D\(name)")
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        try run("DROP SCHEMA \(name) CASCADE", at: server)
        try outcome.get()
    }

    /// Runs a statement; returns what it gives, as lines.
    @discardableResult
    static func run(_ sql: String, at url: String) throws -> String {
        let found = Tool.find("psql", for: "PostgreSQL", package: "postgresql-client")
        let tool = try Tool(
            try #require(found),
            ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "-c", sql, url])
        guard tool.status == 0 else { throw Fault("\(sql): \(tool.complaints)") }
        return tool.output
    }
}

extension Trait where Self == ConditionTrait {
    /// Needs a PostgreSQL.
    static var postgres: Self {
        .enabled(
            if: PostgresSchema.server != nil,
            "there is no PostgreSQL: run the tests by scripts/with-postgres")
    }
}
