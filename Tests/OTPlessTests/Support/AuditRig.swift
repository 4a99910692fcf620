import Loop
import OTPless
import TestSupport
import Testing

/// A service on a file, and its audit trail.
struct AuditRig {
    let service: Service
    let path: String

    static var config: Config {
        var config = Config()
        config.tokens.secret = Secret("0123456789abcdef0123456789abcdef")
        return config
    }

    static func run(
        with config: Config = .unlimited, _ body: (AuditRig) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("otpless.db")
        let store = try SQLiteStore(path: path)
        defer { store.close() }
        let loops = try LoopGroup(count: 1)
        defer { loops.stop() }
        let service = try await Service(store: store, loop: loops.loops[0], config)
        try await body(AuditRig(service: service, path: path))
    }

    /// All records, oldest first.
    func records() async throws -> [AuditRecord] {
        try await beside { store in
            var all: [AuditRecord] = []
            try await store.records(since: Timestamp(seconds: 0)) { records in
                all += records
                return true
            }
            return all
        }
    }

    /// What an export says; nil where there is nobody.
    func export(_ name: String) async throws -> JSONDocument? {
        let name = try #require(AccountName(name))
        let export = try await beside { store in
            try await store.export(of: name, at: service.clock.now)
        }
        return try export.map { try JSONDocument($0.json) }
    }

    /// Runs an operator's command as another process would: on a connection of its own.
    func beside<T>(_ work: (SQLiteStore) async throws -> T) async throws -> T {
        let store = try SQLiteStore(existing: path)
        defer { store.close() }
        return try await work(store)
    }
}
