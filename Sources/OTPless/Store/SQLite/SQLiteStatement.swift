import CSQLite

/// A prepared statement of one connection.
@safe final class SQLiteStatement {
    fileprivate let handle: OpaquePointer

    init(_ handle: OpaquePointer) {
        unsafe self.handle = handle
    }

    deinit {
        unsafe sqlite3_finalize(handle)
    }

    /// What it was prepared from.
    var sql: String? { unsafe sqlite3_sql(handle).map { unsafe String(cString: $0) } }

    /// Whether the parameters are called `$1`, `$2`, … in the order in which they come first: to SQLite these
    /// are names, and it numbers them by itself.
    var isNumberedInOrder: Bool {
        let count = unsafe sqlite3_bind_parameter_count(handle)
        return (0..<count).allSatisfy { index in
            let name = unsafe sqlite3_bind_parameter_name(handle, index + 1)
            return unsafe name.map { unsafe String(cString: $0) } == "$\(index + 1)"
        }
    }

    func bind(_ values: [Datum]) throws(SQLiteError) {
        for (index, value) in values.enumerated() {
            try SQLiteError.check(bind(value, at: Int32(index + 1)))
        }
    }

    /// Moves to the next row; false when there is none.
    func step() throws(SQLiteError) -> Bool {
        let code = unsafe sqlite3_step(handle)
        switch code {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw SQLiteError(code: code)
        }
    }

    /// Makes the statement ready for its next use and lets go of its values.
    func reset() {
        unsafe sqlite3_reset(handle)
        unsafe sqlite3_clear_bindings(handle)
    }

    private func bind(_ datum: Datum, at index: Int32) -> Int32 {
        switch datum {
        case .null: unsafe sqlite3_bind_null(handle, index)
        case .integer(let number): unsafe sqlite3_bind_int64(handle, index, number)
        case .text(let text):
            unsafe csqlite_bind_text(handle, index, text, Int32(clamping: text.utf8.count))
        case .id(let high, let low):
            unsafe withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { bytes in
                unsafe csqlite_bind_blob(handle, index, bytes.baseAddress, Int32(bytes.count))
            }
        case .blob(let bytes):
            unsafe csqlite_bind_blob(handle, index, bytes, Int32(clamping: bytes.count))
        }
    }
}

/// The row that a statement stands on; columns are numbered from 0.
///
/// Valid until the next step.
struct SQLiteRow {
    private let statement: SQLiteStatement

    init(_ statement: SQLiteStatement) {
        self.statement = statement
    }

    func isNull(_ column: Int32) -> Bool {
        unsafe sqlite3_column_type(statement.handle, column) == SQLITE_NULL
    }

    func integer(_ column: Int32) -> Int64 {
        unsafe sqlite3_column_int64(statement.handle, column)
    }

    func text(_ column: Int32) -> String? {
        unsafe sqlite3_column_text(statement.handle, column).map { unsafe String(cString: $0) }
    }

    func blob(_ column: Int32) -> [UInt8] {
        guard let start = unsafe sqlite3_column_blob(statement.handle, column) else { return [] }
        let count = unsafe sqlite3_column_bytes(statement.handle, column)
        return unsafe Array(UnsafeRawBufferPointer(start: start, count: Int(count)))
    }

    /// The two words of an identifier, where the column holds one.
    func words(_ column: Int32) -> (high: UInt64, low: UInt64)? {
        guard let start = unsafe sqlite3_column_blob(statement.handle, column),
            unsafe sqlite3_column_bytes(statement.handle, column) == 16
        else { return nil }
        let bytes = unsafe UnsafeRawBufferPointer(start: start, count: 16)
        return unsafe (
            UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        )
    }
}
