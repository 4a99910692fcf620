import CSQLite

/// A result code of SQLite, with its name; never SQL and never data.
struct SQLiteError: Error, CustomStringConvertible {
    let code: Int32

    var description: String { unsafe "SQLite: \(String(cString: sqlite3_errstr(code)))" }

    /// Whether the database itself is at fault, so that the whole batch is lost.
    static func check(_ code: Int32) throws(SQLiteError) {
        guard code == SQLITE_OK else { throw SQLiteError(code: code) }
    }
}
