import TestSupport

/// Several nodes of one installation, on one database.
///
/// The provider posts to `b`: most tests let a page wait at `a`, and an app call `c`.
struct Nodes {
    let url: String
    let all: [LiveServer]

    var a: LiveServer { all[0] }
    var b: LiveServer { all[1] }
    var c: LiveServer { all[2] }

    var whatsApp: SimulatedWhatsApp { a.whatsApp }

    func phone(_ digits: String) -> Phone { whatsApp.phone(digits) }

    /// A connection to their database, beside them.
    func raw() throws -> RawPostgres { try RawPostgres(url) }

    /// Whatever one node tells another is lost from now on.
    func loseHints() throws {
        try raw().run(
            "CREATE FUNCTION pg_notify(text, text) RETURNS void LANGUAGE sql AS 'SELECT'")
    }

    /// Cuts the connections over which nodes hear each other; they come back.
    func cutListeners() throws {
        try raw().run(
            """
            SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
            WHERE application_name = current_setting('application_name') AND
                (query LIKE 'LISTEN %' OR query LIKE '%pg_notify(%') AND pid <> pg_backend_pid()
            """)
    }

    /// How many nodes the database knows.
    func registered() throws -> Int {
        try raw().run("SELECT count(*) FROM nodes").flatMap { Int($0) } ?? 0
    }
}

/// Runs a test against three nodes, and cleans up behind them.
func withNodes(
    _ changes: [String: String] = [:], _ test: (Nodes) throws -> Void
) async throws {
    try await TestPostgres.withSchema { schema in
        // What `loseHints` makes comes before PostgreSQL's own.
        let url = schema + "%2Cpg_catalog"
        let ports = try (0..<3).map { _ in try FreePort.next() }
        let whatsApp = try await SimulatedWhatsApp(webhookPort: ports[1])
        let shared = [
            "OTPLESS_DATABASE": url, "OTPLESS_DATABASE_CONNECTIONS": "6",
            "OTPLESS_PUBLIC_URL": "http://127.0.0.1:\(ports[0])",
        ].merging(changes) { $1 }
        let result = Result {
            let nodes = try ports.map { port in
                try LiveServer(port: port, whatsApp: whatsApp, changes: shared)
            }
            try test(Nodes(url: url, all: nodes))
        }
        await whatsApp.stop()
        try result.get()
    }
}
