import CSQLite
import Loop
public import Metrics

/// The embedded store: one SQLite file in WAL mode, durable at every commit (`synchronous=FULL`).
public final class SQLiteStore: Store {
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
        } catch let error as SQLiteError where error.code == SQLITE_SCHEMA {
            throw .unavailable("the database was made by a newer server")
        } catch {
            throw .unavailable("\(error)")
        }
    }

    /// Commits what is queued and closes the database.
    public func close() {
        reader?.close()
        checkpointer?.stop()
        // Last, because the last connection to close empties the write-ahead log.
        writer.stop()
        thread.join()
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

    /// Runs a point read here and now, or on the writer's thread where that cannot be.
    func read<T: Sendable>(
        _ query: @escaping @Sendable (SQLiteConnection) throws(SQLiteError) -> T
    ) async throws(StoreError) -> T {
        if let result = readAtOnce(query) { return result }
        return try await writer.perform(query)
    }

    /// Runs a point read here and now; nil where that cannot be.
    func readAtOnce<T: Sendable>(
        _ query: (SQLiteConnection) throws(SQLiteError) -> T
    ) -> T? {
        reader?.attempt(query)
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
