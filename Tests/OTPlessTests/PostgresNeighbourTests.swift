import Loop
import Metrics
import OTPless
import TestSupport
import Testing

/// What loops do for each other that share a database, on a real PostgreSQL.
@Suite(.blocking, .postgres, .timeLimit(.minutes(2)))
struct PostgresNeighbourTests {
    @Test func `a loop that cannot have a connection uses another's`() async throws {
        try await TestPostgres.withDatabase { url, name in
            let admin = try RawPostgres(url)
            try admin.run(
                """
                CREATE ROLE \(name) LOGIN PASSWORD 'once' CONNECTION LIMIT 1;
                GRANT ALL ON SCHEMA public TO \(name)
                """)
            defer { _ = try? admin.run("DROP OWNED BY \(name) CASCADE; DROP ROLE \(name)") }
            let loops = try LoopGroup(count: 2)
            defer { loops.stop() }
            let place = try #require(url.split(separator: "@").last)
            let store = try await PostgresStore.open(
                "postgres://\(name):once@\(place)", connections: 4, on: loops.loops)
            defer { store.close() }
            let (first, second) = (loops.loops[0], loops.loops[1])
            // The server may still count the connection of the start.
            try await wait(for: "a connection") {
                (try? await Self.probe(store, on: first)) != nil
            }
            await #expect(throws: StoreError.self) { try await Self.probe(store, on: second) }
            for loop in [second, first, second] { try await Self.probe(store, on: loop) }
        }
    }

    @Test func `whoever is connected again tells the others`() async throws {
        try await TestPostgres.withDatabase { url, name in
            let admin = try RawPostgres(try #require(TestPostgres.server))
            try admin.run("ALTER DATABASE \(name) ALLOW_CONNECTIONS false")
            let loops = try LoopGroup(count: 2)
            defer { loops.stop() }
            let rigs = [
                try await Rig(url, pause: .milliseconds(20), on: loops.loops[0]),
                try await Rig(url, pause: .seconds(3600), on: loops.loops[1]),
            ]
            await PostgresPlace.introduce(rigs.map(\.place))
            for rig in rigs { await #expect(throws: StoreError.self) { try await rig.ask() } }
            try admin.run("ALTER DATABASE \(name) ALLOW_CONNECTIONS true")
            for rig in rigs {
                try await wait(for: "a connection") { (try? await rig.ask()) != nil }
            }
        }
    }

    private static func probe(_ store: PostgresStore, on loop: isolated EventLoop) async throws {
        try await store.probe()
    }
}

/// A loop with a pool of its own.
private struct Rig {
    let loop: EventLoop
    let place: PostgresPlace
    private let pool: SourceID

    init(_ url: String, pause: Duration, on loop: EventLoop) async throws {
        var limits = PostgresLimits()
        (limits.firstPause, limits.longestPause) = (pause, pause)
        let metrics = PostgresMetrics()
        pool = await PostgresPool.make(
            try PostgresAddress(url), NameResolver(), limits: limits, metrics: metrics, on: loop)
        (self.loop, place) = (loop, PostgresPlace(loop: loop, pool: pool, metrics: metrics))
    }

    func ask() async throws {
        try await PostgresPool.read(pool, on: loop) { session async throws(StoreError) in
            _ = try await session.rows("SELECT 1", [])
        }
    }
}
