import CSQLite
import Foundation
import TestSupport

/// A database file, in the hands of a process that is not the server.
@safe final class DatabaseFile {
    private let handle: OpaquePointer

    init(_ path: String) throws {
        var opened: OpaquePointer?
        let code = unsafe sqlite3_open(path, &opened)
        guard code == SQLITE_OK, let handle = unsafe opened else {
            unsafe sqlite3_close_v2(opened)
            throw Fault("sqlite3_open: \(code)")
        }
        unsafe self.handle = handle
        unsafe sqlite3_busy_timeout(handle, 5000)
    }

    deinit { unsafe sqlite3_close_v2(handle) }

    func run(_ sql: String) throws {
        let code = unsafe sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else {
            throw Fault("\(sql): \(unsafe String(cString: sqlite3_errmsg(handle)))")
        }
    }

    /// The first column of a query's first row.
    func text(_ sql: String) throws -> String {
        var statement: OpaquePointer?
        defer { unsafe sqlite3_finalize(statement) }
        guard unsafe sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK,
            unsafe sqlite3_step(statement) == SQLITE_ROW,
            let text = unsafe sqlite3_column_text(statement, 0)
        else { throw Fault("\(sql): nothing") }
        return unsafe String(cString: text)
    }

    /// SQLite's own opinion of the file: `ok`.
    func check() throws -> String { try text("PRAGMA integrity_check") }

    /// Writes garbage over the first page of a table.
    static func spoil(_ table: String, at path: String) throws {
        let query = "SELECT rootpage FROM sqlite_schema WHERE name = '\(table)'"
        let page = try DatabaseFile(path).text(query)
        guard let number = UInt64(page), let file = FileHandle(forUpdatingAtPath: path) else {
            throw Fault("no \(table) in \(path)")
        }
        defer { try? file.close() }
        try file.seek(toOffset: (number - 1) * 4096)
        try file.write(contentsOf: Data(repeating: 0xA5, count: 4096))
    }
}
