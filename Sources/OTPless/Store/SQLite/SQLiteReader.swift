import Synchronization

/// A read-only connection for indexed point reads on a loop's thread: it never waits.
final class SQLiteReader: Sendable {
    private let connection: Mutex<SQLiteConnection>

    init(path: String) throws(SQLiteError) {
        let connection = try SQLiteConnection(path: path, readOnly: true)
        connection.setBusyTimeout(milliseconds: 0)
        self.connection = Mutex(connection)
    }

    /// The query's result; nil when the connection is in use, or the read failed and should be
    /// tried where waiting is allowed.
    func attempt<T: Sendable>(
        _ query: (SQLiteConnection) throws(SQLiteError) -> T
    ) -> T? {
        connection.withLockIfAvailable { connection in
            do throws(SQLiteError) { return try query(connection) } catch { return nil }
        } ?? nil
    }
}
