import Loop
import OTPless
import TestSupport
import Testing

/// The move of all data from a file to PostgreSQL.
@Suite(.blocking, .timeLimit(.minutes(2)))
struct StoreCopyTests {
    /// All tables but those that are no data.
    private static let tables = [
        "audit", "contacts", "families", "limits", "logins", "received_messages", "secrets",
        "sent_messages", "user_ids", "users",
    ]

    /// Rows in every table: each column with values, and NULL where it may be.
    private static func fill(_ path: String, rows: Int) throws {
        try SQLiteStore(path: path).close()
        for table in tables {
            let columns = try RawDatabase.texts(
                "SELECT '\"' || name || '\"' FROM pragma_table_info('\(table)')", in: path)
            let values = try RawDatabase.texts(
                """
                SELECT CASE
                    WHEN pk AND type = 'BLOB' THEN 'CAST(printf(''%016d'', n) AS BLOB)'
                    WHEN pk AND type = 'TEXT' THEN '''Ü' || cid || ' '' || (n * 7919 % 100003)'
                    WHEN pk THEN 'n * 3'
                    WHEN NOT "notnull" AND cid % 2 = 0 THEN 'NULLIF(' || sample || ', ' || sample || ')'
                    WHEN NOT "notnull" THEN 'CASE WHEN n % 3 = 0 THEN NULL ELSE ' || sample || ' END'
                    ELSE sample END
                FROM (SELECT *, CASE type
                    WHEN 'BLOB' THEN 'CASE WHEN n % 5 = 0 THEN x'''' ELSE randomblob(n % 40 + 1) END'
                    WHEN 'TEXT' THEN '''日本 "x" \\ '' || n || char(10)'
                    ELSE '(n - 50) * 922337203685477' END AS sample
                    FROM pragma_table_info('\(table)'))
                """, in: path)
            try RawDatabase.run(
                """
                WITH RECURSIVE numbers (n) AS (
                    SELECT 1 UNION ALL SELECT n + 1 FROM numbers LIMIT \(rows))
                INSERT INTO \(table) (\(columns.joined(separator: ", ")))
                SELECT \(values.joined(separator: ", ")) FROM numbers
                """, on: path)
        }
    }

    private static func withFile(
        rows: Int, _ body: (_ path: String, _ url: String, EventLoop) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("otpless.db")
        try fill(path, rows: rows)
        let loops = try LoopGroup(count: 1)
        defer { loops.stop() }
        try await TestPostgres.withSchema { url in try await body(path, url, loops.loops[0]) }
    }

    /// A query for a table's rows as text, which both databases put in the same words.
    private static func query(_ table: String, in path: String, postgres: Bool) throws -> String {
        let types = try RawDatabase.texts(
            "SELECT type FROM pragma_table_info('\(table)') ORDER BY name", in: path)
        let names = try RawDatabase.texts(
            "SELECT '\"' || name || '\"' FROM pragma_table_info('\(table)') ORDER BY name", in: path
        )
        let parts = zip(names, types).map { name, type in
            let text =
                switch (type, postgres) {
                case ("BLOB", true): "upper(encode(\(name), 'hex'))"
                case ("BLOB", false): "hex(\(name))"
                default: "CAST(\(name) AS text)"
                }
            // hex() makes nothing of NULL.
            return "CASE WHEN \(name) IS NULL THEN 'NULL' ELSE \(text) END"
        }
        return "SELECT \(parts.joined(separator: " || '|' || ")) AS line FROM \(table)"
    }

    @Test(.postgres) func `every row of every table arrives as it was`() async throws {
        try await Self.withFile(rows: 1203) { path, url, loop in
            let told = Locked(0)
            let copied = try await StoreCopy(from: path, to: url) { _ in told.withLock { $0 += 1 } }
                .run(on: loop)
            #expect(copied.map(\.table).sorted() == Self.tables)
            #expect(copied.allSatisfy { $0.rows == 1203 })
            #expect(told.withLock { $0 } == 10 * 3 * 2)
            let target = try RawPostgres(url)
            for table in Self.tables {
                let here = try RawDatabase.texts(
                    Self.query(table, in: path, postgres: false), in: path)
                let there = try target.run(
                    """
                    SELECT string_agg(line, chr(1))
                    FROM (\(Self.query(table, in: path, postgres: true))) AS lines
                    """)
                let lines = (there ?? "").split(separator: "\u{1}").map(String.init)
                #expect(here.count == 1203 && lines.sorted() == here.sorted(), "\(table)")
            }
        }
    }

    @Test(.postgres) func `new audit records go on behind the last one`() async throws {
        for rows in [0, 4] {
            try await Self.withFile(rows: rows) { path, url, loop in
                _ = try await StoreCopy(from: path, to: url).run(on: loop)
                let id = try RawPostgres(url).run(
                    "INSERT INTO audit (at, event) VALUES (1, 'x') RETURNING id")
                #expect(id == "\(rows * 3 + 1)")
            }
        }
    }

    @Test(.postgres) func `a target with rows is refused and left as it is`() async throws {
        try await Self.withFile(rows: 3) { path, url, loop in
            try await PostgresStore.open(url, connections: 1, on: [loop]).close()
            let target = try RawPostgres(url)
            try target.run("INSERT INTO audit (at, event) VALUES (1, 'x')")
            let error = await #expect(throws: StoreError.self) {
                _ = try await StoreCopy(from: path, to: url).run(on: loop)
            }
            #expect(error.map { "\($0)".contains("audit has rows already") } == true)
            #expect(try target.run("SELECT count(*) FROM users") == "0")
        }
    }

    @Test(
        .postgres,
        arguments: [
            ("audit", "RAISE EXCEPTION 'no'"), ("users", "NEW.name := 'Eve'; RETURN NEW"),
            ("families", "NEW.rotations := NEW.rotations || ' '; RETURN NEW"),
            ("secrets", "IF NEW.value = '' THEN RETURN NULL; END IF; RETURN NEW"),
        ])
    func
        `what fails or is not the same there leaves the target empty, and then it can be run again`(
            table: String, deed: String
        ) async throws
    {
        try await Self.withFile(rows: 10) { path, url, loop in
            try await PostgresStore.open(url, connections: 1, on: [loop]).close()
            let target = try RawPostgres(url)
            try target.run(
                """
                CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \(deed); END $$;
                CREATE TRIGGER spoil BEFORE INSERT ON \(table) FOR EACH ROW EXECUTE FUNCTION spoil()
                """)
            await #expect(throws: StoreError.self) {
                _ = try await StoreCopy(from: path, to: url).run(on: loop)
            }
            for table in Self.tables {
                #expect(try target.run("SELECT count(*) FROM \(table)") == "0")
            }
            try target.run("DROP TRIGGER spoil ON \(table)")
            let copied = try await StoreCopy(from: path, to: url).run(on: loop)
            #expect(copied.allSatisfy { $0.rows == 10 })
        }
    }

    @Test(.postgres) func `nobody writes to the file or the target meanwhile`() async throws {
        try await Self.withFile(rows: 3) { path, url, loop in
            try await PostgresStore.open(url, connections: 1, on: [loop]).close()
            let refused = Locked(0)
            _ = try await StoreCopy(from: path, to: url) { progress in
                guard progress.table == "users" else { return }
                do { try RawDatabase.run("DELETE FROM users", on: path) } catch {
                    refused.withLock { $0 += 1 }
                }
                do {
                    try RawPostgres(url).run("SET lock_timeout = 1; DELETE FROM limits")
                } catch {
                    refused.withLock { $0 += 1 }
                }
            }.run(on: loop)
            #expect(refused.withLock { $0 } == 4)
        }
    }

    @Test func `every column of the schemas is copied`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("otpless.db")
        try SQLiteStore(path: path).close()
        let tables = try RawDatabase.texts(
            "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name", in: path)
        #expect(tables == Self.tables)
        #expect(StoreCopy.columns.keys.sorted() == tables)
        for table in tables {
            let columns = try RawDatabase.texts(
                "SELECT name FROM pragma_table_info('\(table)')", in: path)
            #expect(StoreCopy.columns[table]?.sorted() == columns.sorted(), "\(table)")
        }
    }
}
