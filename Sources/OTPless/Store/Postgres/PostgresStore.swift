public import Loop
public import Metrics

/// The store for several nodes: one PostgreSQL, asked by each loop over connections of its own.
///
/// READ COMMITTED, with the rows locked that a decision rests on (docs/decisions/0033).
public final class PostgresStore: SQLStore {
    let address: PostgresAddress
    let resolver: NameResolver
    private let places: [PostgresPlace]
    private let metrics: PostgresPoolMetrics

    /// Connects, and brings the schema up to date unless told otherwise.
    ///
    /// - Parameter connections: How many all loops together may open; each has one at least.
    /// - Throws: `StoreError` when the database cannot be reached, or its schema does not fit.
    public static func open(
        _ url: String, connections: Int, on loops: [EventLoop], migrates: Bool = true
    ) async throws(StoreError) -> PostgresStore {
        try await open(
            url, connections: connections, on: loops,
            PostgresMigrations(), migrates: migrates)
    }

    package static func open(
        _ url: String, connections: Int, on loops: [EventLoop],
        _ migrations: PostgresMigrations, migrates: Bool = true,
        limits: PostgresLimits = PostgresLimits()
    ) async throws(StoreError) -> PostgresStore {
        let address = try PostgresAddress(url)
        let resolver = NameResolver()
        let metrics = PostgresPoolMetrics(loops: loops.count)
        try await check(migrations, migrates, address, resolver, on: loops)
        var limits = limits
        limits.connections = max(1, connections / max(1, loops.count))
        var places: [PostgresPlace] = []
        for (loop, metrics) in zip(loops, metrics.parts) {
            let pool = await PostgresPool.make(
                address, resolver, limits: limits, metrics: metrics, on: loop)
            places.append(PostgresPlace(loop: loop, pool: pool, metrics: metrics))
        }
        await PostgresPlace.introduce(places)
        return PostgresStore(address, resolver, places, metrics)
    }

    private init(
        _ address: PostgresAddress, _ resolver: NameResolver, _ places: [PostgresPlace],
        _ metrics: PostgresPoolMetrics
    ) {
        (self.address, self.resolver, self.places) = (address, resolver, places)
        self.metrics = metrics
    }

    /// How long a step of the schema may take on a large database.
    private static let migrationTime = Duration.seconds(3600)

    /// How long a start waits for a connection: for other hosts, where the first ones are mute.
    private static let startTime = Duration.seconds(20)

    private static func check(
        _ migrations: PostgresMigrations, _ migrates: Bool, _ address: PostgresAddress,
        _ resolver: NameResolver, on loops: [EventLoop]
    ) async throws(StoreError) {
        guard let loop = loops.first else { throw .closed }
        var limits = PostgresLimits()
        limits.connections = 1
        limits.answer = migrationTime
        limits.patience = startTime
        let pool = await PostgresPool.make(
            address, resolver, limits: limits, metrics: PostgresMetrics(), on: loop)
        let outcome = await check(migrations, migrates, pool, on: loop)
        await PostgresPool.close(pool, on: loop)
        try outcome.get()
    }

    private static func check(
        _ migrations: PostgresMigrations, _ migrates: Bool, _ pool: SourceID,
        on loop: isolated EventLoop
    ) async -> Result<Void, StoreError> {
        do throws(StoreError) {
            let version = try await PostgresPool.transaction(pool, on: loop) {
                db async throws(StoreError) in try await migrations.version(in: db)
            }
            switch migrations.verdict(on: version) {
            case .fits: break
            case .newer: throw .unavailable("the database was made by a newer server")
            case .older:
                guard migrates else {
                    throw .unavailable(
                        "the database is an older server's: run otpless-server migrate")
                }
                try await PostgresPool.transaction(pool, on: loop) {
                    db async throws(StoreError) in try await migrations.run(in: db)
                }
            }
            return .success(())
        } catch {
            return .failure(error)
        }
    }

    // MARK: Operations

    /// Runs an operation on the caller's loop, or on the first one.
    public func perform<T: Sendable>(
        _ operation: @escaping @Sendable (Transaction) async throws(StoreError) -> T
    ) async throws(StoreError) -> T {
        let request = RequestTrace.id
        let place = place(of: #isolation)
        return try await PostgresPool.transaction(place.pool, on: place.loop) {
            session async throws(StoreError) in
            try await operation(Transaction(database: .postgres(session), requestID: request))
        }
    }

    /// Runs a point read: a statement that is a transaction of its own.
    public func read<T: Sendable>(_ query: Query<T>) async throws(StoreError) -> T? {
        let place = place(of: #isolation)
        return try await PostgresPool.read(place.pool, on: place.loop) {
            session async throws(StoreError) in
            try await Transaction(database: .postgres(session), requestID: nil)
                .first(query, locking: false)
        }
    }

    /// There is always a round trip.
    public func readAtOnce<T: Sendable>(_ query: Query<T>) -> T?? { nil }

    /// The caller's own, or one that has a connection where that one cannot have any.
    private func place(of isolation: (any Actor)?) -> PostgresPlace {
        let own = places.first { $0.loop === isolation } ?? places[0]
        guard own.isDown else { return own }
        return places.first { !$0.isDown } ?? own
    }

    /// Whether no loop can have a connection.
    public var isDown: Bool { places.allSatisfy(\.isDown) }

    /// Closes the connections; operations that come later are told so.
    public func close() {
        for place in places {
            place.loop.post { [pool = place.pool] loop in PostgresPool.close(pool, on: loop) }
        }
    }
}

extension PostgresStore: MetricSource {
    /// Writes connections, operations, and what they took.
    public func write(to page: inout Exposition) { metrics.write(to: &page) }
}
