import Loop
import OTPless
import TestSupport
import Testing

/// Statements and their answers, on a real PostgreSQL.
@Suite(.blocking, .postgres, .timeLimit(.minutes(2)))
struct PostgresSessionTests {
    @Test func `every kind of value comes back as it was stored`() async throws {
        try await withPostgres { rig in
            try rig.raw().run("CREATE TABLE t (n bigint, s text, i bytea, b bytea)")
            let long = String(repeating: "ü𝄞", count: 10_000)
            let blob = (0..<70_000).map { UInt8(truncatingIfNeeded: $0) }
            try await rig.transaction { session async throws(StoreError) in
                session.send(
                    "INSERT INTO t VALUES ($1, $2, $3, $4)",
                    [.integer(.min), .text(long), .id(high: .max, low: 1), .blob(blob)])
                session.send(
                    "INSERT INTO t VALUES ($1, $2, $3, $4)",
                    [.integer(-1), .text(""), .id(high: 0, low: 0), .blob([])])
                session.send(
                    "INSERT INTO t VALUES ($1, $2, $3, $4)", [.null, .null, .null, .null])
            }
            try await rig.read { session async throws(StoreError) in
                let rows = try await session.rows("SELECT n, s, i, b FROM t ORDER BY n", [])
                #expect(rows.count == 3)
                #expect(rows[0].integer(0) == .min && rows[0].text(1) == long)
                #expect(rows[0].words(2)?.high == .max && rows[0].words(2)?.low == 1)
                #expect(rows[0].blob(3) == blob)
                #expect(rows[1].integer(0) == -1 && rows[1].text(1) == "")
                #expect(rows[1].words(2)?.high == 0 && !rows[1].isNull(3) && rows[1].blob(3) == [])
                #expect((0..<4).allSatisfy { rows[2].isNull($0) })
                #expect(rows[2].integer(0) == 0 && rows[2].text(1) == nil)
                #expect(rows[2].words(2) == nil && rows[2].blob(3) == [])
                #expect(rows[0].isNull(4) && rows[0].words(3) == nil)
            }
        }
    }

    @Test func `integers of every width and truth values are read`() async throws {
        try await withPostgres { rig in
            let read = try await rig.read { session async throws(StoreError) -> [Int64] in
                let row = try await session.rows(
                    "SELECT -2::int2, -3::int4, 70000::int4, -4::int8, true, false", [])[0]
                return (0..<6).map { row.integer($0) }
            }
            #expect(read == [-2, -3, 70000, -4, 1, 0])
        }
    }

    @Test func `a null of unknown type may come first, and values of that type behind it`()
        async throws
    {
        try await withPostgres { rig in
            try rig.raw().run("CREATE TABLE t (n bigint)")
            try await rig.transaction { session async throws(StoreError) in
                for value in [Datum.null, .integer(7), .null] {
                    session.send("INSERT INTO t VALUES ($1)", [value])
                }
                let rows = try await session.rows("SELECT sum(n)::bigint, count(*) FROM t", [])
                #expect(rows[0].integer(0) == 7 && rows[0].integer(1) == 3)
            }
        }
    }

    @Test func `the same text with other types is another statement`() async throws {
        try await withPostgres { rig in
            try await rig.transaction { session async throws(StoreError) in
                let values: [Datum] = [.integer(1), .text("1"), .blob([1]), .integer(2)]
                var types: [String?] = []
                for value in values {
                    let rows = try await session.rows("SELECT pg_typeof($1)::text", [value])
                    types.append(rows[0].text(0))
                }
                #expect(types == ["bigint", "text", "bytea", "bigint"])
            }
        }
    }

    @Test func `what is queued goes out with the next wait, and counts tell of it alone`()
        async throws
    {
        try await withPostgres { rig in
            try rig.raw().run("CREATE TABLE t (n bigint)")
            try await rig.transaction { session async throws(StoreError) in
                for number in Int64(0)..<100 {
                    session.send("INSERT INTO t VALUES ($1)", [.integer(number)])
                }
                let count = try await session.count(
                    "DELETE FROM t WHERE n < $1", [.integer(30)])
                #expect(count == 30)
                #expect(session.flushes == 1)
            }
            #expect(try rig.raw().run("SELECT count(*) FROM t") == "70")
        }
    }

    @Test func `rows are locked when that is asked for`() async throws {
        try await withPostgres { rig in
            try rig.raw().run("CREATE TABLE t (n bigint); INSERT INTO t VALUES (1)")
            let raw = try rig.raw()
            try await rig.transaction { session async throws(StoreError) in
                let seen = try await session.rows("SELECT n FROM t", [])
                #expect(seen.count == 1)
                #expect(throws: Never.self) { try raw.run("SELECT n FROM t FOR UPDATE NOWAIT") }
                let locked = try await session.rows("SELECT n FROM t", [], locking: true)
                #expect(locked.count == 1)
                #expect(throws: Fault.self) { try raw.run("SELECT n FROM t FOR UPDATE NOWAIT") }
            }
        }
    }

    @Test func `an error in the midst of a pipeline undoes all of it and harms nothing after`()
        async throws
    {
        try await withPostgres(limits: .one) { rig in
            try rig.raw().run("CREATE TABLE t (n bigint CHECK (n < 10))")
            let error = await #expect(throws: StoreError.self) {
                try await rig.transaction { session async throws(StoreError) in
                    session.send("INSERT INTO t VALUES ($1)", [.integer(1)])
                    session.send("INSERT INTO t VALUES ($1)", [.integer(4711)])
                    // Prepared behind the error, so never.
                    session.send("INSERT INTO t SELECT $1", [.integer(2)])
                    _ = try await session.rows("SELECT n FROM t", [])
                    Issue.record("went on")
                }
            }
            #expect(
                error?.description == "store: integrity constraint violation, SQLSTATE 23514")
            let numbers = try await rig.transaction {
                session async throws(StoreError) -> [Int64] in
                session.send("INSERT INTO t SELECT $1", [.integer(2)])
                return try await session.rows("SELECT n FROM t", []).map { $0.integer(0) }
            }
            #expect(numbers == [2])
            #expect(rig.metrics.opened == 1)
        }
    }

    @Test func `a statement that cannot be prepared yet is prepared again`() async throws {
        try await withPostgres(limits: .one) { rig in
            let query: @Sendable (PostgresSession) async throws(StoreError) -> Int = {
                session throws(StoreError) in
                try await session.rows("SELECT n FROM later", []).count
            }
            let error = await #expect(throws: StoreError.self) { try await rig.read(query) }
            #expect(error?.description == "store: undefined table, SQLSTATE 42P01")
            await #expect(throws: StoreError.self) { try await rig.transaction(query) }
            try rig.raw().run("CREATE TABLE later (n bigint)")
            #expect(try await rig.read(query) == 0)
            #expect(try await rig.transaction(query) == 0)
            #expect(rig.metrics.opened == 1)
        }
    }

    @Test func `what is queued behind an error that the body hides does not commit`()
        async throws
    {
        try await withPostgres(limits: .one) { rig in
            try rig.raw().run("CREATE TABLE t (n bigint CHECK (n < 10))")
            await #expect(throws: StoreError.self) {
                try await rig.transaction { session async throws(StoreError) in
                    _ = try? await session.count("INSERT INTO t VALUES ($1)", [.integer(11)])
                    session.send("INSERT INTO t VALUES ($1)", [.integer(1)])
                }
            }
            // Nobody waits for it but the commit.
            await #expect(throws: StoreError.self) {
                try await rig.transaction { session async throws(StoreError) in
                    session.send("INSERT INTO t VALUES ($1)", [.integer(2)])
                    session.send("INSERT INTO t VALUES ($1)", [.integer(11)])
                }
            }
            #expect(try await rig.read(Self.count) == 0)
            #expect(rig.metrics.opened == 1)
        }
    }

    @Test func `an error of the body rolls back, and the connection is clean`() async throws {
        try await withPostgres(limits: .one) { rig in
            try rig.raw().run("CREATE TABLE t (n bigint)")
            for waits in [true, false] {
                let error = await #expect(throws: StoreError.self) {
                    try await rig.transaction { session async throws(StoreError) in
                        session.send("INSERT INTO t VALUES ($1)", [.integer(1)])
                        if waits { _ = try await session.rows("SELECT n FROM t", []) }
                        throw .unavailable("changed my mind")
                    }
                }
                #expect(error?.description == "store: changed my mind")
                #expect(try await rig.transaction(Self.count) == 0)
            }
            #expect(rig.metrics.opened == 1)
        }
    }

    @Test func `a transaction that asks nothing sends nothing`() async throws {
        try await withPostgres(limits: .one) { rig in
            let answer = try await rig.transaction { _ async throws(StoreError) in 42 }
            #expect(answer == 42)
        }
    }

    private static let count: @Sendable (PostgresSession) async throws(StoreError) -> Int = {
        session throws(StoreError) in
        try await session.rows("SELECT n FROM t", []).count
    }
}

extension PostgresLimits {
    /// One connection.
    static var one: PostgresLimits {
        var limits = PostgresLimits()
        limits.connections = 1
        return limits
    }
}
