import CSQLite

/// A result code of SQLite, with its name; never SQL and never data.
struct SQLiteError: Error, CustomStringConvertible {
    let code: Int32

    var description: String { unsafe "SQLite: \(String(cString: sqlite3_errstr(code)))" }

    /// Somebody else uses the database.
    static let locked = SQLiteError(code: SQLITE_LOCKED)

    /// Throws for every code but `SQLITE_OK`.
    static func check(_ code: Int32) throws(SQLiteError) {
        guard code == SQLITE_OK else { throw SQLiteError(code: code) }
    }
}
