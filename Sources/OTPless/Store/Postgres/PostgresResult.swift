import CPostgres

/// What the server answered to one statement.
@safe final class PostgresResult {
    private let handle: OpaquePointer

    init(_ handle: OpaquePointer) {
        unsafe self.handle = handle
    }

    deinit {
        unsafe PQclear(handle)
    }

    var status: ExecStatusType { unsafe PQresultStatus(handle) }

    /// The error's code; nil where libpq itself made the error up: the connection is gone.
    var sqlState: String? {
        unsafe PQresultErrorField(handle, Int32(UInt8(ascii: "C")))
            .map { unsafe String(cString: $0) }
    }

    /// Whether the server ends the session with this error.
    var isFatal: Bool {
        let severity = unsafe PQresultErrorField(handle, Int32(UInt8(ascii: "V")))
            .map { unsafe String(cString: $0) }
        return severity == "FATAL" || severity == "PANIC"
    }

    /// What was done, such as `COMMIT`.
    var tag: String { unsafe String(cString: PQcmdStatus(handle)) }

    /// How many rows the statement changed or returned.
    var changes: Int { Int(unsafe String(cString: PQcmdTuples(handle))) ?? 0 }

    var count: Int { Int(unsafe PQntuples(handle)) }

    /// The bytes of a value, for as long as the closure runs; nil for NULL and for no such column.
    func withValue<R>(row: Int32, _ column: Int32, _ body: (UnsafeRawBufferPointer) -> R) -> R? {
        guard unsafe row < PQntuples(handle), unsafe column < PQnfields(handle),
            unsafe PQgetisnull(handle, row, column) == 0,
            let start = unsafe PQgetvalue(handle, row, column)
        else { return nil }
        let count = Int(unsafe PQgetlength(handle, row, column))
        return unsafe body(UnsafeRawBufferPointer(start: start, count: count))
    }
}

/// The rows that a query returned.
package struct PostgresRows: RandomAccessCollection {
    private let result: PostgresResult

    init(_ result: PostgresResult) {
        self.result = result
    }

    package var startIndex: Int { 0 }

    package var endIndex: Int { result.count }

    package subscript(index: Int) -> PostgresRow { PostgresRow(result, Int32(clamping: index)) }
}

/// One row of a result; columns are numbered from 0.
package struct PostgresRow {
    private let result: PostgresResult
    private let index: Int32

    fileprivate init(_ result: PostgresResult, _ index: Int32) {
        self.result = result
        self.index = index
    }

    package func isNull(_ column: Int32) -> Bool {
        unsafe result.withValue(row: index, column) { _ in true } == nil
    }

    /// An integer of 2, 4 or 8 bytes, or a truth value; 0 for NULL.
    package func integer(_ column: Int32) -> Int64 {
        unsafe result.withValue(row: index, column) { bytes -> Int64 in
            guard let first = unsafe bytes.first else { return 0 }
            // The first byte has the sign; a truth value has no other.
            let sign = bytes.count > 1 && first & 0x80 != 0 ? Int64(-1) : 0
            return unsafe bytes.reduce(sign) { $0 << 8 | Int64($1) }
        } ?? 0
    }

    package func text(_ column: Int32) -> String? {
        unsafe result.withValue(row: index, column) { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// The bytes of a column; empty for NULL.
    package func blob(_ column: Int32) -> [UInt8] {
        unsafe result.withValue(row: index, column) { unsafe Array($0) } ?? []
    }

    /// The two words of an identifier; nil for NULL, and for what has not 16 bytes.
    package func words(_ column: Int32) -> (high: UInt64, low: UInt64)? {
        unsafe result.withValue(row: index, column) { bytes -> (high: UInt64, low: UInt64)? in
            guard bytes.count == 16 else { return nil }
            return unsafe (
                UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        } ?? nil
    }
}
