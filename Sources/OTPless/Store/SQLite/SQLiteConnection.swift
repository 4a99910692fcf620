import CSQLite

/// One connection to a SQLite database, with its prepared statements.
///
/// SQL is a `StaticString`: what a statement says is fixed when the server is compiled, values can
/// only be bound. Not thread-safe (opened without SQLite's own mutex): one thread at a time.
@safe final class SQLiteConnection {
    private let handle: OpaquePointer
    private var statements: [UnsafeRawPointer: SQLiteStatement] = unsafe [:]

    /// Opens a database file, and creates one unless told otherwise; `:memory:` is a database of this
    /// connection alone.
    init(path: String, readOnly: Bool = false, creates: Bool = true) throws(SQLiteError) {
        var opened: OpaquePointer?
        let writing = SQLITE_OPEN_READWRITE | (creates ? SQLITE_OPEN_CREATE : 0)
        let access = readOnly ? SQLITE_OPEN_READONLY : writing
        let code = unsafe sqlite3_open_v2(path, &opened, access | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let handle = unsafe opened else {
            unsafe sqlite3_close_v2(opened)
            throw SQLiteError(code: code == SQLITE_OK ? SQLITE_NOMEM : code)
        }
        unsafe self.handle = handle
        unsafe sqlite3_extended_result_codes(handle, 1)
        teachGreatest()
    }

    deinit {
        unsafe statements.removeAll()
        unsafe sqlite3_close_v2(handle)
    }

    /// What other databases call `greatest`, SQLite calls `max`, which is an aggregate there.
    private func teachGreatest() {
        unsafe sqlite3_create_function_v2(
            handle, "greatest", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nil,
            { context, _, arguments in
                guard let arguments = unsafe arguments else { return }
                let values = unsafe (
                    sqlite3_value_int64(arguments[0]), sqlite3_value_int64(arguments[1])
                )
                unsafe sqlite3_result_int64(context, max(values.0, values.1))
            }, nil, nil, nil)
    }

    /// Runs a statement that returns no rows.
    func run(_ sql: StaticString, _ values: [Datum] = []) throws(SQLiteError) {
        let statement = try prepared(sql)
        defer { statement.reset() }
        try statement.bind(values)
        while try statement.step() {}
    }

    /// Runs a query and decodes its first row; nil when there is none.
    func first<T>(
        _ sql: StaticString, _ values: [Datum] = [], decode: (SQLiteRow) -> T
    ) throws(SQLiteError) -> T? {
        let statement = try prepared(sql)
        defer { statement.reset() }
        try statement.bind(values)
        return try statement.step() ? decode(SQLiteRow(statement)) : nil
    }

    /// Runs a query and decodes all of its rows.
    func all<T>(
        _ sql: StaticString, _ values: [Datum] = [], decode: (SQLiteRow) -> T
    ) throws(SQLiteError) -> [T] {
        let statement = try prepared(sql)
        defer { statement.reset() }
        try statement.bind(values)
        var rows: [T] = []
        while try statement.step() { rows.append(decode(SQLiteRow(statement))) }
        return rows
    }

    /// Runs several statements without values, such as a migration.
    func script(_ sql: StaticString) throws(SQLiteError) {
        let text = sql.description
        try SQLiteError.check(unsafe sqlite3_exec(handle, text, nil, nil, nil))
    }

    /// How many rows the last statement changed.
    var changes: Int { Int(unsafe sqlite3_changes(handle)) }

    /// Whether no transaction is open.
    var isAutocommit: Bool { unsafe sqlite3_get_autocommit(handle) != 0 }

    /// Whether another file, or none, is where the database was opened: what is written to a file
    /// that nobody finds again goes with the process.
    var hasMoved: Bool {
        var moved: Int32 = 0
        unsafe sqlite3_file_control(handle, "main", SQLITE_FCNTL_HAS_MOVED, &moved)
        return moved != 0
    }

    /// Tells whether another connection has changed the database: then it is another number.
    ///
    /// Reads nothing but the header of the log.
    func dataVersion() throws(SQLiteError) -> Int64 {
        try first("PRAGMA data_version") { $0.integer(0) } ?? 0
    }

    /// How long a statement waits for another process's lock.
    func setBusyTimeout(milliseconds: Int32) {
        unsafe sqlite3_busy_timeout(handle, milliseconds)
    }

    /// Moves what the write-ahead log holds into the database, as far as no reader is in the way.
    ///
    /// Does nothing on a connection that has not read anything yet.
    func checkpoint() {
        unsafe sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
    }

    /// Copies the whole database, as the open transaction sees it, over another connection's.
    ///
    /// Without a transaction it would begin anew whenever another process has written.
    /// - Parameter pause: Runs after each so many pages; what it throws ends the copying.
    func copy(
        over target: SQLiteConnection, pages: Int, pause: () throws -> Void
    ) throws {
        guard let copying = unsafe sqlite3_backup_init(target.handle, "main", handle, "main") else {
            throw SQLiteError(code: unsafe sqlite3_extended_errcode(target.handle))
        }
        defer { unsafe sqlite3_backup_finish(copying) }
        while true {
            let code = unsafe sqlite3_backup_step(copying, Int32(clamping: pages))
            if code == SQLITE_DONE { return }
            try SQLiteError.check(code)
            try pause()
        }
    }

    /// How the statements that were run so far find their rows, for tests.
    func plans() throws(SQLiteError) -> [(sql: String, steps: [String])] {
        var plans: [(sql: String, steps: [String])] = []
        for statement in unsafe Array(statements.values) {
            guard let sql = statement.sql else { continue }
            plans.append((sql, try steps(of: sql)))
        }
        return plans
    }

    private func steps(of sql: String) throws(SQLiteError) -> [String] {
        var prepared: OpaquePointer?
        try SQLiteError.check(
            unsafe sqlite3_prepare_v2(handle, "EXPLAIN QUERY PLAN " + sql, -1, &prepared, nil))
        guard let pointer = unsafe prepared else { return [] }
        let statement = unsafe SQLiteStatement(pointer)
        var steps: [String] = []
        while try statement.step() { steps.append(SQLiteRow(statement).text(3) ?? "") }
        return steps
    }

    private func prepared(_ sql: StaticString) throws(SQLiteError) -> SQLiteStatement {
        // A literal's address names it for as long as the process lives.
        let key = unsafe UnsafeRawPointer(sql.utf8Start)
        if let statement = unsafe statements[key] { return statement }
        var prepared: OpaquePointer?
        let code = unsafe sqlite3_prepare_v3(
            handle, sql.description, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        try SQLiteError.check(code)
        guard let pointer = unsafe prepared else { throw SQLiteError(code: SQLITE_MISUSE) }
        let statement = unsafe SQLiteStatement(pointer)
        guard statement.isNumberedInOrder else { throw SQLiteError(code: SQLITE_MISUSE) }
        unsafe statements[key] = statement
        return statement
    }
}
