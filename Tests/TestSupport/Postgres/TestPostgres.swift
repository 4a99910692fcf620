import Glibc
package import OTPless
package import Testing

/// The PostgreSQL that `scripts/with-postgres` starts for a test run.
package enum TestPostgres {
    /// Its URL; nil: tests that need it are skipped.
    package static let server = variable("OTPLESS_TEST_POSTGRES")

    /// What the script tells of it.
    package static func variable(_ name: String) -> String? {
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }

    /// Does something with a schema of its own, which is much cheaper than a database.
    package static func withSchema(_ body: (_ url: String) async throws -> Void) async throws {
        let (server, name) = (try address(), makeName())
        let admin = try RawPostgres(server)
        try admin.run("CREATE SCHEMA \(name)")
        // Under a sanitizer, on a busy machine, what the server ends by itself would end tests.
        let patience = ["statement", "lock", "idle_in_transaction_session"]
            .map { "-c\($0)_timeout%3D60000%20" }.joined()
        let own = "application_name=\(name)&options=\(patience)-csearch_path%3D\(name)"
        let result = await Self.result(
            of: body, "\(server)\(server.contains("?") ? "&" : "?")\(own)")
        try admin.run("DROP SCHEMA \(name) CASCADE")
        try result.get()
    }

    /// Does something with a database of its own.
    package static func withDatabase(
        _ body: (_ url: String, _ name: String) async throws -> Void
    ) async throws {
        let (server, name) = (try address(), makeName())
        let admin = try RawPostgres(server)
        try admin.run("CREATE DATABASE \(name)")
        let url = server.replacing("/postgres?", with: "/\(name)?")
        let result = await Self.result(of: { try await body($0, name) }, url)
        try admin.run("DROP DATABASE \(name) WITH (FORCE)")
        try result.get()
    }

    private static func makeName() -> String { "test_\(UInt64.random(in: 0 ... .max))" }

    private static func address() throws -> String {
        guard let server else { throw Fault("there is no PostgreSQL") }
        return server
    }

    private static func result(
        of body: (String) async throws -> Void, _ url: String
    ) async -> Result<Void, any Error> {
        do { return .success(try await body(url)) } catch { return .failure(error) }
    }
}

extension Trait where Self == ConditionTrait {
    /// Needs a PostgreSQL.
    package static var postgres: Self {
        .enabled(
            if: TestPostgres.server != nil,
            "there is no PostgreSQL: run the tests by scripts/with-postgres")
    }
}

extension PostgresLimits {
    /// Limits for tests that ask for much at once, also under a sanitizer.
    package static var patient: PostgresLimits {
        var limits = PostgresLimits()
        limits.patience = .seconds(60)
        limits.answer = .seconds(60)
        return limits
    }
}
