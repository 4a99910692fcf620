import CSQLite
import Loop
public import Metrics

/// The embedded store: one SQLite file in WAL mode, durable at every commit (`synchronous=FULL`).
public final class SQLiteStore: SQLStore {
    let writer: SQLiteWriter
    private let reader: SQLiteReader?
    private let checkpointer: SQLiteCheckpointer?
    private let thread: Thread

    /// Opens or creates a database file and brings its schema up to date.
    ///
    /// `:memory:` is a store without a file, for tests: nothing of it survives.
    /// - Throws: `StoreError` when the file cannot be opened, is no database, or is newer than the server.
    public init(path: String) throws(StoreError) {
        do {
            let connection = try Self.open(path)
            let isFile = path != ":memory:"
            reader = isFile ? try SQLiteReader(path: path) : nil
            let checkpointer = isFile ? try SQLiteCheckpointer(path: path) : nil
            self.checkpointer = checkpointer
            writer = try SQLiteWriter { checkpointer?.committed(on: $0) }
            let handover = Locked<SQLiteConnection?>(connection)
            thread = try writer.start { handover.take() }
        } catch {
            throw StoreError(opening: error)
        }
    }

    /// Opens a database for a moment, as it is, while a server may be using it; for operators.
    ///
    /// - Throws: `StoreError` when there is none, or its schema is not this version's.
    public init(existing path: String) throws(StoreError) {
        do {
            let connection = try SQLiteConnection.existing(path)
            reader = nil
            checkpointer = nil
            writer = try SQLiteWriter { _ in }
            let handover = Locked<SQLiteConnection?>(connection)
            thread = try writer.start { handover.take() }
        } catch {
            throw StoreError(opening: error)
        }
    }

    /// How often other processes have changed the database while it was open here; this is seen
    /// within half a second.
    public var foreignChanges: Int { writer.foreignChanges }

    /// Commits what is queued and closes the database.
    public func close() {
        stop()
        thread.join()
    }

    deinit { stop() }

    private func stop() {
        reader?.close()
        checkpointer?.stop()
        // Last, because the last connection to close empties the write-ahead log.
        writer.stop()
    }

    private static let isCounting = csqlite_stop_counting_memory() != SQLITE_OK

    private static func open(_ path: String) throws -> SQLiteConnection {
        _ = isCounting
        if path != ":memory:" { PrivateFile.create(path) }
        let connection = try SQLiteConnection(path: path)
        // Another process may hold the lock for a moment, a backup for example.
        connection.setBusyTimeout(milliseconds: 2000)
        let mode = try connection.first("PRAGMA journal_mode = WAL") { $0.text(0) }
        // `:memory:` has its own mode; a file that refuses the log could not be read beside writes.
        guard mode == "wal" || path == ":memory:" else { throw SQLiteError(code: SQLITE_CANTOPEN) }
        try connection.script("PRAGMA synchronous = FULL")
        try connection.script("PRAGMA wal_autocheckpoint = 0")
        try Migrations.run(on: connection)
        return connection
    }

    /// How the writer's statements find their rows, for tests.
    package func plans() async throws(StoreError) -> [(sql: String, steps: [String])] {
        try await perform { db async throws(StoreError) in
            guard case .sqlite(let connection) = db.database else { return [] }
            return try connection.stored { connection throws(SQLiteError) in
                try connection.plans()
            }
        }
    }

    /// Runs an operation on the writer's thread, in one commit with others.
    public func perform<T: Sendable>(
        _ operation: @escaping @Sendable (Transaction) async throws(StoreError) -> T
    ) async throws(StoreError) -> T {
        try await writer.perform(operation)
    }

    /// Runs a point read here and now, or on the writer's thread where that cannot be.
    public func read<T: Sendable>(_ query: Query<T>) async throws(StoreError) -> T? {
        if let result = readAtOnce(query) { return result }
        return try await writer.perform { db async throws(StoreError) in
            try await db.first(query, locking: false)
        }
    }

    /// Runs a point read here and now; nil where that cannot be.
    public func readAtOnce<T: Sendable>(_ query: Query<T>) -> T?? {
        reader?.attempt(query)
    }
}

extension SQLiteConnection {
    /// Opens a database that must be there.
    static func present(_ path: String, readOnly: Bool = false) throws -> SQLiteConnection {
        guard path != ":memory:" else { throw StoreError.unavailable("there is no file") }
        let connection: SQLiteConnection
        do throws(SQLiteError) {
            connection = try SQLiteConnection(path: path, readOnly: readOnly, creates: false)
        } catch {
            guard error.code & 0xFF == SQLITE_CANTOPEN else { throw error }
            throw StoreError.unavailable("there is no database, or it cannot be opened")
        }
        // A server's commits follow each other closely: a gap may take a while to come by.
        connection.setBusyTimeout(milliseconds: 20_000)
        return connection
    }

    /// Opens a database that must be there and have this version's schema.
    static func existing(_ path: String, readOnly: Bool = false) throws -> SQLiteConnection {
        let connection = try present(path, readOnly: readOnly)
        guard try Migrations.isUpToDate(connection) else {
            throw StoreError.unavailable(
                "the database is an older server's: run otpless-server migrate")
        }
        guard !readOnly else { return connection }
        try connection.script("PRAGMA synchronous = FULL")
        try connection.script("PRAGMA wal_autocheckpoint = 0")
        return connection
    }
}

extension StoreError {
    /// Why a database cannot be opened.
    init(opening error: any Error) {
        switch error {
        case let error as StoreError: self = error
        case let error as SQLiteError where error.code == SQLITE_SCHEMA:
            self = .unavailable("the database was made by a newer server")
        default: self = .unavailable("\(error)")
        }
    }
}

extension SQLiteStore: MetricSource {
    /// Writes commits, what they took, and what waits for one.
    public func write(to page: inout Exposition) {
        writer.metrics.write(waiting: writer.waiting, to: &page)
    }
}

extension Locked where Value == SQLiteConnection? {
    /// Hands the connection over to the thread that will own it.
    func take() -> sending SQLiteConnection? {
        withLock { held in
            let connection = held
            held = nil
            return connection
        }
    }
}
