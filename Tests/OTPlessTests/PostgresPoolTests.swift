import Loop
import OTPless
import TestSupport
import Testing

/// Transactions beside each other, and a database that goes away, on a real PostgreSQL.
@Suite(.blocking, .postgres, .timeLimit(.minutes(2)))
struct PostgresPoolTests {
    @Test func `two transactions that wait for each other both finish`() async throws {
        try await withPostgres(loops: 2) { rig in
            try rig.raw().run(
                "CREATE TABLE t (n bigint, c bigint); INSERT INTO t VALUES (1,0),(2,0)")
            let arrivals = Locked(0)
            try await withThrowingTaskGroup { group in
                for index in 0..<2 {
                    group.addTask { try await rig.addToBoth(index, arrivals) }
                }
                try await group.waitForAll()
            }
            #expect(try rig.raw().run("SELECT sum(c) FROM t") == "4")
            #expect(rig.metrics.conflicts == 1)
        }
    }

    @Test func `two who insert the same are told apart, and one finds the other's row`()
        async throws
    {
        try await withPostgres(loops: 2) { rig in
            try rig.raw().run("CREATE TABLE t (n bigint PRIMARY KEY)")
            let made = try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<2 {
                    group.addTask {
                        var made = 0
                        for number in Int64(0)..<50 {
                            made += try await rig.findOrMake(number, on: index)
                        }
                        return made
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(made == 50)
        }
    }

    @Test func `who stands still in a transaction loses its locks`() async throws {
        try await withPostgres(loops: 2) { rig in
            try rig.raw().run("CREATE TABLE t (n bigint); INSERT INTO t VALUES (1)")
            let lock: StaticString = "SELECT n FROM t"
            let gotIt = Locked(false)
            // As if this node had stopped: another one gets the row all the same, and this one is told.
            await #expect(throws: StoreError.self) {
                try await rig.transaction { session async throws(StoreError) in
                    _ = try await session.rows(lock, [], locking: true)
                    try await rig.transaction(on: 1) { other async throws(StoreError) in
                        _ = try await other.rows(lock, [], locking: true)
                    }
                    gotIt.withLock { $0 = true }
                }
            }
            #expect(gotIt.withLock { $0 })
        }
    }

    @Test func `no more connections than allowed, and all who wait get one`() async throws {
        var limits = PostgresLimits()
        limits.connections = 3
        try await withPostgres(limits: limits) { rig in
            let backends = try await withThrowingTaskGroup(of: Int64.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        try await rig.transaction { session async throws(StoreError) in
                            try await session.rows("SELECT pg_backend_pid()", [])[0].integer(0)
                        }
                    }
                }
                return try await group.reduce(into: Set<Int64>()) { $0.insert($1) }
            }
            #expect(backends.count <= 3 && rig.metrics.opened <= 3)
        }
    }

    @Test func `who waits too long for a connection is refused`() async throws {
        var limits = PostgresLimits.one
        limits.patience = .milliseconds(100)
        try await withPostgres(limits: limits) { rig in
            let error = await #expect(throws: StoreError.self) {
                try await rig.transaction { session async throws(StoreError) in
                    _ = try await session.rows("SELECT 1", [])
                    _ = try await rig.transaction { session async throws(StoreError) in
                        try await session.rows("SELECT 1", []).count
                    }
                }
            }
            #expect(error?.description == "store: timed out waiting for a connection")
        }
    }

    @Test func `a connection that died while idle is replaced, and nobody notices`()
        async throws
    {
        try await withPostgres(limits: .one) { rig in
            let pid: @Sendable (PostgresSession) async throws(StoreError) -> Int64 = {
                session throws(StoreError) in
                try await session.rows("SELECT pg_backend_pid()", [])[0].integer(0)
            }
            let raw = try rig.raw()
            for _ in 0..<5 {
                let first = try await rig.transaction(pid)
                try raw.run("SELECT pg_terminate_backend(\(first), 5000)")
                #expect(try await rig.read(pid) != first)
            }
        }
    }

    @Test func `a transaction whose connection dies before the commit runs once more`()
        async throws
    {
        try await withPostgres(limits: .one) { rig in
            try rig.raw().run("CREATE TABLE t (n bigint)")
            let raw = try rig.raw()
            let rounds = Locked(0)
            try await rig.transaction { session async throws(StoreError) in
                _ = try await session.count("INSERT INTO t VALUES (1)", [])
                let round = rounds.withLock { rounds in
                    rounds += 1
                    return rounds
                }
                if round == 1 {
                    _ = try? raw.run("SELECT pg_terminate_backend(\(session.backend), 5000)")
                }
                _ = try await session.rows("SELECT n FROM t", [])
            }
            #expect(rounds.withLock { $0 } == 2 && rig.metrics.replaced == 1)
            #expect(try raw.run("SELECT count(*) FROM t") == "1")
        }
    }

    @Test func `while the database refuses, operations fail at once; then they go on`()
        async throws
    {
        try await withPostgres { rig in
            let server = try RawPostgres(try #require(TestPostgres.server))
            let name = try #require(try rig.raw().run("SELECT current_database()"))
            let ask: @Sendable (PostgresSession) async throws(StoreError) -> Int = {
                session throws(StoreError) in try await session.rows("SELECT 1", []).count
            }
            #expect(try await rig.read(ask) == 1)
            try server.run("ALTER DATABASE \(name) ALLOW_CONNECTIONS false")
            try server.run(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '\(name)'"
            )
            for _ in 0..<20 {
                await #expect(throws: StoreError.self) { try await rig.read(ask) }
            }
            try server.run("ALTER DATABASE \(name) ALLOW_CONNECTIONS true")
            var answer: Int?
            let begin = ContinuousClock.now
            while answer == nil, ContinuousClock.now - begin < .seconds(20) {
                answer = try? await rig.read(ask)
            }
            #expect(answer == 1)
        }
    }

    @Test func `a database that may not be written is not used until it may`() async throws {
        try await withPostgres { rig in
            let server = try RawPostgres(try #require(TestPostgres.server))
            let name = try #require(try rig.raw().run("SELECT current_database()"))
            let ask: @Sendable (PostgresSession) async throws(StoreError) -> Int = {
                session throws(StoreError) in try await session.rows("SELECT 1", []).count
            }
            try server.run("ALTER DATABASE \(name) SET default_transaction_read_only = on")
            await #expect(throws: StoreError.self) { try await rig.read(ask) }
            try server.run("ALTER DATABASE \(name) RESET default_transaction_read_only")
            try await wait(for: "a connection") { (try? await rig.read(ask)) == 1 }
        }
    }

    @Test func `who gets no answer in time fails, and the next has another connection`()
        async throws
    {
        var limits = PostgresLimits.one
        limits.answer = .milliseconds(200)
        try await withPostgres(limits: limits) { rig in
            let begin = ContinuousClock.now
            let error = await #expect(throws: StoreError.self) {
                try await rig.transaction { session async throws(StoreError) in
                    try await session.rows("SELECT pg_sleep(4)", []).count
                }
            }
            #expect(error?.description == "store: the database did not answer in time")
            #expect(ContinuousClock.now - begin < .seconds(3))
            let count = try await rig.read { session async throws(StoreError) in
                try await session.rows("SELECT 1", []).count
            }
            #expect(count == 1 && rig.metrics.opened == 2)
        }
    }

    @Test func `a connection lost at commit is told, and the transaction is not repeated`()
        async throws
    {
        var limits = PostgresLimits.one
        limits.answer = .milliseconds(200)
        try await withPostgres(limits: limits) { rig in
            try rig.raw().run(
                """
                CREATE TABLE t (n bigint);
                CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
                    $$ BEGIN PERFORM pg_sleep(1); RETURN NULL; END $$;
                CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED
                    FOR EACH ROW EXECUTE FUNCTION slow()
                """)
            let rounds = Locked(0)
            let error = await #expect(throws: StoreError.self) {
                try await rig.transaction { session async throws(StoreError) in
                    rounds.withLock { $0 += 1 }
                    _ = try await session.count("INSERT INTO t VALUES (1)", [])
                }
            }
            #expect(error?.description == "store: connection lost at commit")
            #expect(rounds.withLock { $0 } == 1)
        }
    }

    @Test func `a closed pool takes nothing more`() async throws {
        try await withPostgres { rig in
            await PostgresPool.close(rig.pools[0], on: rig.loops[0])
            let error = await #expect(throws: StoreError.self) {
                try await rig.transaction { _ async throws(StoreError) in 1 }
            }
            #expect(error?.description == "store: closed")
        }
    }
}

extension PostgresRig {
    /// Locks both rows, each caller in another order, and the second only when both have their first.
    fileprivate func addToBoth(_ index: Int, _ arrivals: Locked<Int>) async throws {
        let first = Int64(index + 1)
        try await transaction(on: index) { session async throws(StoreError) in
            let sql: StaticString = "UPDATE t SET c = c + 1 WHERE n = $1"
            _ = try await session.count(sql, [.integer(first)])
            arrivals.withLock { $0 += 1 }
            while arrivals.withLock({ $0 < 2 }) { await Task.yield() }
            _ = try await session.count(sql, [.integer(3 - first)])
        }
    }

    /// 1 where the row was not there.
    fileprivate func findOrMake(_ number: Int64, on index: Int) async throws -> Int {
        try await transaction(on: index) { session async throws(StoreError) -> Int in
            let rows = try await session.rows("SELECT n FROM t WHERE n = $1", [.integer(number)])
            guard rows.isEmpty else { return 0 }
            return try await session.count("INSERT INTO t VALUES ($1)", [.integer(number)])
        }
    }
}
