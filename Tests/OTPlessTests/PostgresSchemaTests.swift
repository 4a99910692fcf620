import Loop
import OTPless
import TestSupport
import Testing

/// The schema, while servers start and are replaced.
@Suite(.blocking, .postgres, .timeLimit(.minutes(2)))
struct PostgresSchemaTests {
    /// What the next version might add; its table tells how often.
    private static let next: [[StaticString]] =
        PostgresSchema.steps + [
            [
                "ALTER TABLE logins ADD COLUMN region text",
                "ALTER TABLE users ADD COLUMN region text",
                "ALTER TABLE families ADD COLUMN region bigint NOT NULL DEFAULT 0",
                "CREATE TABLE regions (name text PRIMARY KEY)",
                "INSERT INTO regions VALUES ('one')",
                "CREATE INDEX logins_region ON logins (region) WHERE region IS NOT NULL",
            ]
        ]

    private static let nextButOne: [[StaticString]] = next + [["CREATE TABLE more (n bigint)"]]

    @Test func `eight servers that start at once make the schema once`() async throws {
        try await TestPostgres.withSchema { url in
            let loops = try LoopGroup(count: 8)
            defer { loops.stop() }
            let stores = try await withThrowingTaskGroup(of: PostgresStore.self) { group in
                for loop in loops.loops {
                    group.addTask {
                        try await PostgresStore.open(
                            url, connections: 1, on: [loop], PostgresMigrations(steps: Self.next))
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            defer { for store in stores { store.close() } }
            for store in stores { try await store.probe() }
            let raw = try RawPostgres(url)
            #expect(try raw.run("SELECT count(*) FROM regions") == "1")
            #expect(try raw.run("SELECT count(*) FROM schema_version") == "1")
            #expect(try raw.run("SELECT version FROM schema_version") == "\(Self.next.count)")
        }
    }

    @Test func `servers go on while the next version's schema is made`() async throws {
        try await TestPostgres.withSchema { url in
            let loops = try LoopGroup(count: 3)
            defer { loops.stop() }
            let today = try await PostgresStore.open(url, connections: 4, on: [loops.loops[0]])
            defer { today.close() }
            try await withThrowingTaskGroup { group in
                let load = Load()
                for worker in 0..<4 { group.addTask { try await load.run(on: today, worker) } }
                try await load.waitForMore()
                let newer = try await PostgresStore.open(
                    url, connections: 4, on: [loops.loops[1]], PostgresMigrations(steps: Self.next))
                defer { newer.close() }
                try await load.waitForMore()
                // Both serve; and one of today's that is started once more does, too.
                let restarted = try await PostgresStore.open(
                    url, connections: 4, on: [loops.loops[2]])
                defer { restarted.close() }
                for (index, store) in [newer, restarted].enumerated() {
                    group.addTask { try await load.run(on: store, 4 + index) }
                }
                try await load.waitForMore()
                load.stop()
                try await group.waitForAll()
            }
            #expect(try RawPostgres(url).run("SELECT count(*) FROM regions") == "1")
        }
    }

    @Test func `a schema that is two versions ahead is refused, one is not`() async throws {
        try await TestPostgres.withSchema { url in
            let loops = try LoopGroup(count: 1)
            defer { loops.stop() }
            try await Self.open(url, loops, Self.nextButOne)
            try await Self.open(url, loops, Self.next)
            let error = await #expect(throws: StoreError.self) {
                try await Self.open(url, loops, PostgresSchema.steps)
            }
            #expect(error?.description == "store: the database was made by a newer server")
        }
    }

    @Test(arguments: [0, 1])
    func `who may not migrate refuses an older schema, and none, and changes nothing`(
        _ steps: Int
    ) async throws {
        try await TestPostgres.withSchema { url in
            let loops = try LoopGroup(count: 1)
            defer { loops.stop() }
            if steps > 0 { try await Self.open(url, loops, PostgresSchema.steps) }
            let raw = try RawPostgres(url)
            let count = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema"
            let before = try raw.run(count)
            let error = await #expect(throws: StoreError.self) {
                try await Self.open(url, loops, Self.next, migrates: false)
            }
            #expect(error?.description.contains("otpless-server migrate") == true)
            #expect(try raw.run(count) == before)
            try await Self.open(url, loops, Self.next)
            try await Self.open(url, loops, Self.next, migrates: false)
        }
    }

    private static func open(
        _ url: String, _ loops: LoopGroup, _ steps: [[StaticString]], migrates: Bool = true
    ) async throws {
        let store = try await PostgresStore.open(
            url, connections: 1, on: loops.loops, PostgresMigrations(steps: steps),
            migrates: migrates)
        try await store.probe()
        store.close()
    }
}

/// Logins from beginning to end, until it is stopped.
private final class Load: Sendable {
    private let count = Locked(0)
    private let isStopped = Locked(false)

    func stop() { isStopped.withLock { $0 = true } }

    /// Waits until a good deal more has been done than now.
    func waitForMore() async throws {
        let goal = count.withLock { $0 } + 40
        try await wait(for: "logins") {
            count.withLock { $0 >= goal } || isStopped.withLock { $0 }
        }
    }

    func run(on store: PostgresStore, _ worker: Int) async throws {
        // What fails ends all.
        defer { stop() }
        let key = try Sample.key()
        while !isStopped.withLock({ $0 }) {
            let phone = "\(16_505_550_100 + worker)"
            let (family, token) = try await store.signIn(phone: phone)
            let redeemed = try await store.redeem(
                token, user: nil, key: key, idle: .seconds(60), at: Sample.start)
            guard case .successor = redeemed.redemption,
                try await store.user(family.user)?.phone.digits == phone,
                try await store.endFamilies(of: family.user, at: Sample.start).count == 1
            else { throw UnexpectedOutcome() }
            _ = try await store.sweep(at: Sample.start)
            count.withLock { $0 += 1 }
        }
    }
}
