import CSQLite

/// A SQLite file written by hand.
enum RawDatabase {
    struct Fault: Error { let code: Int32 }

    /// Runs statements on a file, which is made if it is not there.
    static func run(_ sql: String, on path: String) throws {
        var handle: OpaquePointer?
        defer { unsafe sqlite3_close_v2(handle) }
        var code = unsafe sqlite3_open_v2(
            path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nil)
        if code == SQLITE_OK { code = unsafe sqlite3_exec(handle, sql, nil, nil, nil) }
        guard code == SQLITE_OK else { throw Fault(code: code) }
    }

    /// The number that a query gives.
    static func count(_ sql: String, in path: String) throws -> Int {
        Int(try texts(sql, in: path).first ?? "") ?? 0
    }

    /// The first column of a query's rows, as text.
    static func texts(_ sql: String, in path: String) throws -> [String] {
        var handle: OpaquePointer?
        var statement: OpaquePointer?
        defer {
            unsafe sqlite3_finalize(statement)
            unsafe sqlite3_close_v2(handle)
        }
        guard unsafe sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK,
            unsafe sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK
        else { throw Fault(code: unsafe sqlite3_errcode(handle)) }
        var texts: [String] = []
        while unsafe sqlite3_step(statement) == SQLITE_ROW {
            let text = unsafe sqlite3_column_text(statement, 0)
            texts.append(unsafe text.map { unsafe String(cString: $0) } ?? "")
        }
        return texts
    }
}
