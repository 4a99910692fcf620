import Loop
import Metrics
import OTPless
import TestSupport
import Testing

/// The stores of two nodes, on one schema.
struct TwoNodes: Sendable {
    let url: String
    let one: PostgresStore
    let other: PostgresStore

    static func use(_ body: (TwoNodes) async throws -> Void) async throws {
        try await TestPostgres.withSchema { url in
            let loops = try LoopGroup(count: 2)
            defer { loops.stop() }
            let one = try await PostgresStore.open(
                url, connections: 8, on: [loops.loops[0]], PostgresMigrations(), limits: .patient)
            defer { one.close() }
            let other = try await PostgresStore.open(
                url, connections: 8, on: [loops.loops[1]], PostgresMigrations(), limits: .patient)
            defer { other.close() }
            try await body(TwoNodes(url: url, one: one, other: other))
        }
    }

    /// As many as are under way at once: none waits long for a connection, however busy the machine is.
    private static let width = 8

    /// Does something so many times, at once as far as that goes, through the nodes by turns.
    func atOnce<T: Sendable>(
        _ count: Int = 2,
        _ work: @escaping @Sendable (PostgresStore, _ index: Int) async throws -> T
    ) async throws -> [T] {
        try await withThrowingTaskGroup(of: T.self) { group in
            var results: [T] = []
            for index in 0..<count {
                if index >= Self.width, let result = try await group.next() {
                    results.append(result)
                }
                let store = index.isMultiple(of: 2) ? one : other
                group.addTask { try await work(store, index) }
            }
            return try await group.reduce(into: results) { $0.append($1) }
        }
    }

    /// A connection beside the nodes, which waits.
    func raw() throws -> RawPostgres { try RawPostgres(url) }

    /// How many of the nodes' transactions wait for a lock, asked outside of any transaction.
    func waiting(_ watch: RawPostgres) throws -> Int? {
        try watch.run(
            """
            SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'
                AND application_name = current_setting('application_name')
            """
        ).flatMap { Int($0) }
    }

    /// How many rows there are, of a table and perhaps only where something holds.
    func count(_ rows: String) throws -> Int? {
        try raw().run("SELECT count(*) FROM \(rows)").flatMap { Int($0) }
    }

    /// How often an operation was run once more because another was in its way.
    var conflicts: Int {
        [one, other].reduce(0) { sum, store in
            var page = Exposition(prefix: "")
            store.write(to: &page)
            let line = page.text.split(separator: "\n").first {
                $0.hasPrefix(#"postgres_repetitions_total{cause="conflict"} "#)
            }
            return sum + (line?.split(separator: " ").last.flatMap { Int($0) } ?? .min / 2)
        }
    }
}
