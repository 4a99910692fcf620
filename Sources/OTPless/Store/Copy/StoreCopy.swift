public import Loop

/// Moves all data from an SQLite file to an empty PostgreSQL: in one transaction there, so that
/// either all of it has come or nothing.
public struct StoreCopy: Sendable {
    /// How far it is with a table.
    public struct Progress: Sendable {
        /// The table's name.
        public let table: String

        /// How many of its rows have been copied or read back.
        public let rows: Int

        /// How many it has.
        public let total: Int

        /// Whether they are being read back.
        public let isComparing: Bool
    }

    private let path: String
    private let url: String
    private let tell: @Sendable (Progress) -> Void

    /// A copy of the database file to the PostgreSQL of that URL.
    ///
    /// - Parameter tell: Hears of each few hundred rows.
    public init(
        from path: String, to url: String, tell: @escaping @Sendable (Progress) -> Void = { _ in }
    ) {
        (self.path, self.url, self.tell) = (path, url, tell)
    }

    /// How many rows go out at once, and are in memory.
    private static let batch = 500

    /// How long the target may say nothing: it counts tables, and waits for disks.
    private static let answer = Duration.seconds(3600)

    /// Copies, reads all back, compares, and only then commits.
    ///
    /// No server may use the file meanwhile; nobody else can write to it, or to the target's tables.
    /// - Returns: The tables with their numbers of rows.
    /// - Throws: where a database cannot be used, the target is not empty, or what came there is not
    ///   the same. Then nothing has changed but the target's schema, which is brought up to date first.
    public func run(on loop: EventLoop) async throws(StoreError) -> [(table: String, rows: Int)] {
        // Before anything is done to the target.
        _ = try open()
        try await PostgresStore.open(url, connections: 1, on: [loop]).close()
        var limits = PostgresLimits()
        limits.connections = 1
        limits.answer = Self.answer
        // Nobody else writes: what is in the way once would be so again.
        limits.repetitions = 0
        let pool = await PostgresPool.make(
            try PostgresAddress(url), NameResolver(), limits: limits, metrics: PostgresMetrics(),
            on: loop)
        let outcome = await copy(through: pool, on: loop)
        await PostgresPool.close(pool, on: loop)
        return zip(CopiedTable.all, try outcome.get()).map { ($0.name, $1) }
    }

    private func copy(
        through pool: SourceID, on loop: isolated EventLoop
    ) async -> Result<[Int], StoreError> {
        do throws(StoreError) {
            return .success(
                try await PostgresPool.transaction(pool, on: loop) {
                    session async throws(StoreError) in
                    try await copy(
                        from: Transaction(database: .sqlite(try open()), requestID: nil),
                        to: Transaction(database: .postgres(session), requestID: nil))
                })
        } catch {
            return .failure(error)
        }
    }

    /// The file, in which nobody else writes until the connection is gone.
    private func open() throws(StoreError) -> SQLiteConnection {
        do {
            let connection = try SQLiteConnection.existing(path)
            try connection.run("BEGIN IMMEDIATE")
            return connection
        } catch {
            guard case .unavailable(let cause) = StoreError(opening: error) else { throw .closed }
            throw .unavailable("\(path): \(cause)")
        }
    }

    private func copy(
        from source: Transaction, to target: Transaction
    ) async throws(StoreError) -> [Int] {
        try await Self.close(target)
        var sums: [RowSum] = []
        for table in CopiedTable.all {
            sums.append(
                try await read(table, in: source, isComparing: false) {
                    rows async throws(StoreError) in
                    try await target.insert(rows, into: table)
                })
        }
        for (table, sum) in zip(CopiedTable.all, sums) {
            let arrived = try await read(table, in: target, isComparing: true) { _ in }
            guard arrived == sum else {
                throw .unavailable("what came into \(table.name) is not the same")
            }
        }
        try await Self.finish(target)
        return sums.map(\.count)
    }

    /// Keeps others from writing, and sees to it that there is nothing yet.
    private static func close(_ target: Transaction) async throws(StoreError) {
        try await target.run("SET LOCAL statement_timeout = 0")
        // While the file is counted, nothing is asked.
        try await target.run("SET LOCAL idle_in_transaction_session_timeout = 0")
        try await target.run(
            """
            LOCK TABLE users, logins, sent_messages, received_messages, families, secrets, contacts,
            user_ids, limits, audit IN EXCLUSIVE MODE
            """)
        for table in CopiedTable.all {
            guard try await target.page(of: table, after: table.firstKey, limit: 1).isEmpty else {
                throw .unavailable(
                    "\(table.name) has rows already: the target must be empty; was it copied before?"
                )
            }
        }
    }

    /// New records go on behind the last one; plans are made for tables that are full.
    private static func finish(_ target: Transaction) async throws(StoreError) {
        try await target.run(
            """
            SELECT setval(pg_get_serial_sequence('audit', 'id'), coalesce(max(id), 0) + 1, false)
            FROM audit
            """)
        try await target.run(
            """
            ANALYZE users, logins, sent_messages, received_messages, families, secrets, contacts,
            user_ids, limits, audit
            """)
    }

    /// Goes through a table, some rows at a time; returns what they add up to.
    private func read(
        _ table: CopiedTable, in db: Transaction, isComparing: Bool,
        each batch: ([[Datum]]) async throws(StoreError) -> Void
    ) async throws(StoreError) -> RowSum {
        let total = try await db.count(of: table)
        var (sum, key) = (RowSum(), table.firstKey)
        while true {
            let rows = try await db.page(of: table, after: key, limit: Self.batch)
            guard let last = rows.last?.first else { break }
            key = last
            for row in rows { sum.add(row) }
            try await batch(rows)
            tell(
                Progress(
                    table: table.name, rows: sum.count, total: total, isComparing: isComparing))
        }
        guard sum.count == total else {
            throw .unavailable("\(table.name) has \(total) rows, but \(sum.count) can be read")
        }
        return sum
    }
}

extension StoreCopy {
    /// What is copied of each table, for tests.
    package static var columns: [String: [String]] {
        Dictionary(
            uniqueKeysWithValues: CopiedTable.all.map { table in
                let list = table.page.description.split(separator: "FROM")[0].dropFirst(6)
                let names = list.split { " ,\n\"".contains($0) }
                return (table.name, names.map(String.init))
            })
    }
}
