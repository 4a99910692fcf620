import Loop
import OTPless
import TestSupport
import Testing

/// The stores that the contract suite runs on: one more store is one more case.
enum StoreKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case sqliteMemory, sqliteFile, postgres

    /// PostgreSQL only where there is one: `scripts/test` starts one.
    static let allCases: [StoreKind] =
        [.sqliteMemory, .sqliteFile] + (TestPostgres.server == nil ? [] : [.postgres])

    var testDescription: String { rawValue }

    /// Opens a fresh, empty store for a test and closes it afterwards.
    func open(_ body: (any SQLStore) async throws -> Void) async throws {
        switch self {
        case .sqliteMemory: try await Self.use(try SQLiteStore(path: ":memory:"), body)
        case .sqliteFile:
            let folder = try TemporaryFolder()
            try await Self.use(try SQLiteStore(path: folder.file("otpless.db")), body)
        case .postgres:
            try await TestPostgres.withSchema { url in
                let loops = try LoopGroup(count: 2)
                defer { loops.stop() }
                try await Self.use(
                    try await PostgresStore.open(
                        url, connections: 8, on: loops.loops, PostgresMigrations(), limits: .patient
                    ), body)
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
