import Loop
import OTPless
import TestSupport

/// A database of a test's own on a real PostgreSQL, and a pool of connections to it for each loop.
struct PostgresRig: Sendable {
    let url: String
    let loops: [EventLoop]
    let pools: [SourceID]
    let metrics: PostgresPoolMetrics

    /// Another connection, which waits.
    func raw() throws -> RawPostgres { try RawPostgres(url) }

    func transaction<T: Sendable>(
        on index: Int = 0,
        _ body: @escaping @Sendable (PostgresSession) async throws(StoreError) -> T
    ) async throws(StoreError) -> T {
        try await PostgresPool.transaction(pools[index], on: loops[index], body)
    }

    func read<T: Sendable>(
        on index: Int = 0,
        _ body: @escaping @Sendable (PostgresSession) async throws(StoreError) -> T
    ) async throws(StoreError) -> T {
        try await PostgresPool.read(pools[index], on: loops[index], body)
    }
}

/// Runs a test with an empty database; the pools' address may be another one than the URL.
func withPostgres(
    loops count: Int = 1, limits: PostgresLimits = PostgresLimits(),
    changing change: (String, String) = ("", ""), _ body: (PostgresRig) async throws -> Void
) async throws {
    try await TestPostgres.withDatabase { url, _ in
        let address = change.0.isEmpty ? url : url.replacing(change.0, with: change.1)
        try await withPools(count, limits, url: url, address, body)
    }
}

/// The same without a database: whatever the address leads to.
func withPools(
    _ count: Int = 1, _ limits: PostgresLimits, url: String = "", _ address: String,
    _ body: (PostgresRig) async throws -> Void
) async throws {
    let place = try PostgresAddress(address)
    let resolver = NameResolver()
    let metrics = PostgresPoolMetrics(loops: count)
    let group = try LoopGroup(count: count)
    defer { group.stop() }
    var pools: [SourceID] = []
    for (loop, part) in zip(group.loops, metrics.parts) {
        pools.append(
            await PostgresPool.make(place, resolver, limits: limits, metrics: part, on: loop))
    }
    try await body(PostgresRig(url: url, loops: group.loops, pools: pools, metrics: metrics))
}
