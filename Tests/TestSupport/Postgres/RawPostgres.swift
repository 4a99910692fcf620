import CPostgres
import Glibc

/// A connection to PostgreSQL that waits, for what tests prepare and look at beside the product.
///
/// Unchecked: a test uses it in one place at a time.
@safe package final class RawPostgres: @unchecked Sendable {
    private let connection: OpaquePointer

    /// Connects.
    package init(_ url: String) throws {
        guard let connection = unsafe PQconnectdb(url) else { throw Fault("no memory") }
        unsafe self.connection = connection
        guard unsafe PQstatus(connection) == CONNECTION_OK else {
            throw Fault(unsafe String(cString: PQerrorMessage(connection)))
        }
        unsafe PQsetNoticeReceiver(connection, { _, _ in }, nil)
    }

    deinit { unsafe PQfinish(connection) }

    /// Runs statements; returns the first value of the last one's result.
    @discardableResult
    package func run(_ sql: String) throws -> String? {
        let result = unsafe PQexec(connection, sql)
        defer { unsafe PQclear(result) }
        let status = unsafe PQresultStatus(result)
        guard status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK else {
            throw Fault("\(sql): \(unsafe String(cString: PQresultErrorMessage(result)))")
        }
        guard unsafe PQntuples(result) > 0, unsafe PQnfields(result) > 0 else { return nil }
        return unsafe PQgetvalue(result, 0, 0).map { unsafe String(cString: $0) }
    }
}
