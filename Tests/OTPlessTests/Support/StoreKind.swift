import Loop
import OTPless
import TestSupport
import Testing

/// The stores that the contract suite runs on: one more store is one more case.
enum StoreKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case sqliteMemory, sqliteFile, postgres

    /// PostgreSQL only where there is one: `scripts/test` starts one.
    static let allCases: [StoreKind] =
        [.sqliteMemory, .sqliteFile] + (PostgresRig.server == nil ? [] : [.postgres])

    var testDescription: String { rawValue }

    /// Opens a fresh, empty store for a test and closes it afterwards.
    func open(_ body: (any SQLStore) async throws -> Void) async throws {
        switch self {
        case .sqliteMemory: try await Self.use(try SQLiteStore(path: ":memory:"), body)
        case .sqliteFile:
            let folder = try TemporaryFolder()
            try await Self.use(try SQLiteStore(path: folder.file("otpless.db")), body)
        case .postgres:
            try await TestSchema.use { url in
                let loops = try LoopGroup(count: 2)
                defer { loops.stop() }
                try await Self.use(
                    try await PostgresStore.open(url, connections: 8, on: loops.loops), body)
            }
        }
    }

    private static func use(
        _ store: any SQLStore, _ body: (any SQLStore) async throws -> Void
    ) async throws {
        defer { store.close() }
        try await body(store)
    }
}

/// A schema of a test's own in the PostgreSQL of the run: much cheaper than a database.
enum TestSchema {
    static func use(_ body: (_ url: String) async throws -> Void) async throws {
        let server = try #require(PostgresRig.server)
        let name = "test_\(UInt64.random(in: 0 ... .max))"
        let admin = try RawPostgres(server)
        try admin.run("CREATE SCHEMA \(name)")
        let separator = server.contains("?") ? "&" : "?"
        do {
            try await body("\(server)\(separator)options=-csearch_path%3D\(name)")
        } catch {
            _ = try? admin.run("DROP SCHEMA \(name) CASCADE")
            throw error
        }
        try admin.run("DROP SCHEMA \(name) CASCADE")
    }
}
