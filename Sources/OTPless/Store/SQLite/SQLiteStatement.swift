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

    func bind<each Value: StoredValue>(_ values: repeat each Value) throws(SQLiteError) {
        var index: Int32 = 0
        for value in repeat each values {
            index += 1
            try SQLiteError.check(bind(value.datum, at: index))
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

    func time(_ column: Int32) -> Timestamp { Timestamp(milliseconds: integer(column)) }

    func optionalTime(_ column: Int32) -> Timestamp? { isNull(column) ? nil : time(column) }

    /// An identifier that a column must hold.
    func id<Kind>(_ column: Int32) throws(SQLiteError) -> Identifier<Kind> {
        guard let id = optionalID(column, Kind.self) else {
            throw SQLiteError(code: SQLITE_CORRUPT)
        }
        return id
    }

    func optionalID<Kind>(_ column: Int32, _ kind: Kind.Type) -> Identifier<Kind>? {
        guard let start = unsafe sqlite3_column_blob(statement.handle, column),
            unsafe sqlite3_column_bytes(statement.handle, column) == 16
        else { return nil }
        let bytes = unsafe UnsafeRawBufferPointer(start: start, count: 16)
        return unsafe Identifier(
            high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
            low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }

    func optionalBlob(_ column: Int32) -> [UInt8]? { isNull(column) ? nil : blob(column) }

    /// A phone number, where the column holds one.
    func optionalPhone(_ column: Int32) throws(SQLiteError) -> PhoneNumber? {
        isNull(column) ? nil : try phone(column)
    }

    /// A phone number that a column must hold.
    func phone(_ column: Int32) throws(SQLiteError) -> PhoneNumber {
        guard let phone = text(column).flatMap({ PhoneNumber(waID: $0) }) else {
            throw SQLiteError(code: SQLITE_CORRUPT)
        }
        return phone
    }
}
