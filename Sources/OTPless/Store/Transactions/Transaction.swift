/// The open transaction of an operation, in either database.
///
/// Each statement is written once, for both: SQLite knows `$1`, too, and `greatest` is taught to it.
/// Runs on: the writer's thread of SQLite, where nothing ever suspends, or the loop of a PostgreSQL
/// connection.
public struct Transaction {
    enum Database {
        case sqlite(SQLiteConnection)
        case postgres(PostgresSession)
    }

    let database: Database

    /// The request for which the operation runs, as audit records name it.
    let requestID: String?

    /// Whether other transactions run at the same time.
    var isShared: Bool {
        switch database {
        case .sqlite: false
        case .postgres: true
        }
    }

    /// Runs a statement of which nothing comes back; where the database can, without waiting for it:
    /// that it failed is then told by a later one, at the latest by the commit.
    func run<each Value: StoredValue>(
        _ sql: StaticString, _ values: repeat each Value
    ) async throws(StoreError) {
        let data = Self.data(repeat each values)
        switch database {
        case .sqlite(let connection):
            try connection.stored { connection throws(SQLiteError) in
                try connection.run(sql, data)
            }
        case .postgres(let session): session.send(sql, data)
        }
    }

    /// Runs a statement and tells how many rows it changed.
    func count<each Value: StoredValue>(
        _ sql: StaticString, _ values: repeat each Value
    ) async throws(StoreError) -> Int {
        let data = Self.data(repeat each values)
        switch database {
        case .sqlite(let connection):
            return try connection.stored { connection throws(SQLiteError) in
                try connection.run(sql, data)
                return connection.changes
            }
        case .postgres(let session): return try await session.count(sql, data)
        }
    }

    /// Runs a query and decodes its first row; nil when there is none.
    ///
    /// - Parameter locking: Keeps the row from other transactions until this one ends.
    func first<T, each Value: StoredValue>(
        _ sql: StaticString, _ values: repeat each Value, locking: Bool = false,
        decode: (StoredRow) throws(StoreError) -> T
    ) async throws(StoreError) -> T? {
        try await first(sql, Self.data(repeat each values), locking: locking, decode)
    }

    /// Runs a query and decodes its first row.
    func first<T>(_ query: Query<T>, locking: Bool) async throws(StoreError) -> T? {
        try await first(query.sql, query.values, locking: locking, query.decode)
    }

    /// Runs queries and decodes the first row of each that finds one; all at once, where the database can.
    func first<T>(_ queries: [Query<T>], locking: Bool) async throws(StoreError) -> [T] {
        guard !queries.isEmpty else { return [] }
        var found: [T] = []
        switch database {
        case .sqlite(let connection):
            for query in queries {
                let row = try connection.first(query.sql, query.values, query.decode)
                if let row { found.append(row) }
            }
        case .postgres(let session):
            let results = try await session.rows(
                queries.map { ($0.sql, $0.values) }, locking: locking)
            for (query, rows) in zip(queries, results) {
                if let row = rows.first { found.append(try query.decode(.postgres(row))) }
            }
        }
        return found
    }

    private func first<T>(
        _ sql: StaticString, _ data: [Datum], locking: Bool,
        _ decode: (StoredRow) throws(StoreError) -> T
    ) async throws(StoreError) -> T? {
        switch database {
        case .sqlite(let connection): return try connection.first(sql, data, decode)
        case .postgres(let session):
            let rows = try await session.rows(sql, data, locking: locking)
            return try rows.first.map { row throws(StoreError) in try decode(.postgres(row)) }
        }
    }

    /// Runs a query and decodes all of its rows.
    func all<T, each Value: StoredValue>(
        _ sql: StaticString, _ values: repeat each Value,
        decode: (StoredRow) throws(StoreError) -> T
    ) async throws(StoreError) -> [T] {
        let data = Self.data(repeat each values)
        switch database {
        case .sqlite(let connection): return try connection.all(sql, data, decode)
        case .postgres(let session):
            return try await session.rows(sql, data).map { row throws(StoreError) in
                try decode(.postgres(row))
            }
        }
    }

    private static func data<each Value: StoredValue>(_ values: repeat each Value) -> [Datum] {
        var data: [Datum] = []
        for value in repeat each values { data.append(value.datum) }
        return data
    }
}

/// A point read that needs no transaction of its own.
public struct Query<T: Sendable>: Sendable {
    let sql: StaticString
    let values: [Datum]
    let decode: @Sendable (StoredRow) throws(StoreError) -> T

    init<each Value: StoredValue>(
        _ sql: StaticString, _ values: repeat each Value,
        decode: @escaping @Sendable (StoredRow) throws(StoreError) -> T
    ) {
        self.sql = sql
        var data: [Datum] = []
        for value in repeat each values { data.append(value.datum) }
        self.values = data
        self.decode = decode
    }
}

extension SQLiteConnection {
    /// Does something with the connection; its faults are the store's.
    func stored<T>(
        _ work: (SQLiteConnection) throws(SQLiteError) -> T
    ) throws(StoreError) -> T {
        do throws(SQLiteError) { return try work(self) } catch { throw StoreError(error) }
    }

    /// Runs a query and decodes its first row.
    func first<T>(
        _ sql: StaticString, _ values: [Datum], _ decode: (StoredRow) throws(StoreError) -> T
    ) throws(StoreError) -> T? {
        let found = try stored { connection throws(SQLiteError) in
            try connection.first(sql, values) { row in Result.of(.sqlite(row), decode) }
        }
        return try found?.get()
    }

    /// Runs a query and decodes all of its rows.
    func all<T>(
        _ sql: StaticString, _ values: [Datum], _ decode: (StoredRow) throws(StoreError) -> T
    ) throws(StoreError) -> [T] {
        let found = try stored { connection throws(SQLiteError) in
            try connection.all(sql, values) { row in Result.of(.sqlite(row), decode) }
        }
        var rows: [T] = []
        for row in found { rows.append(try row.get()) }
        return rows
    }
}

extension Result where Failure == StoreError {
    fileprivate static func of(
        _ row: StoredRow, _ decode: (StoredRow) throws(StoreError) -> Success
    ) -> Self {
        do throws(StoreError) { return .success(try decode(row)) } catch { return .failure(error) }
    }
}

extension StoreError {
    init(_ error: SQLiteError) {
        self = .unavailable(error.description)
    }
}
