import Loop

/// Brings a PostgreSQL database's schema up to date: once, whichever node is first.
package struct PostgresMigrations {
    package let steps: [[StaticString]]

    package init(steps: [[StaticString]] = PostgresSchema.steps) {
        self.steps = steps
    }

    /// Whether a server that knows these steps may use a database.
    enum Verdict: Equatable {
        case fits
        case older
        case newer
    }

    /// A server of the version before may use the database, too: it is replaced later.
    func verdict(on version: Int) -> Verdict {
        if version < steps.count { return .older }
        return version <= steps.count + 1 ? .fits : .newer
    }

    /// The schema's version; 0 where there is none.
    func version(in db: PostgresSession) async throws(StoreError) -> Int {
        // Not to_regclass: it does not see what another node has made while this one waited for the lock.
        let tables = try await db.rows(
            """
            SELECT 1 FROM pg_catalog.pg_tables
            WHERE schemaname = current_schema() AND tablename = 'schema_version'
            """, [])
        guard !tables.isEmpty else { return 0 }
        let found = try await db.rows("SELECT version FROM schema_version", [])
        return Int(found.first?.integer(0) ?? 0)
    }

    /// Runs the steps that are missing, all in the open transaction.
    ///
    /// There is no row yet that could be locked: this is the one place for an advisory lock.
    func run(in db: PostgresSession) async throws(StoreError) {
        db.send("SET LOCAL statement_timeout = 0", [])
        db.send("SET LOCAL lock_timeout = 0", [])
        db.send("SELECT pg_advisory_xact_lock(7237970)", [])
        let version = try await version(in: db)
        guard version < steps.count else { return }
        if version == 0 {
            db.send("CREATE TABLE schema_version (version bigint NOT NULL)", [])
            // Not prepared before there is a table.
            _ = try await db.rows("SELECT 1", [])
            db.send("INSERT INTO schema_version (version) VALUES ($1)", [.integer(0)])
        }
        for step in steps[version...] {
            for statement in step { _ = try await db.rows(statement, []) }
        }
        db.send("UPDATE schema_version SET version = $1", [.integer(Int64(steps.count))])
    }
}
