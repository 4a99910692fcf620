import Loop

/// A read-only connection for indexed point reads on a loop's thread: it never waits.
final class SQLiteReader: Sendable {
    private let connection: Locked<SQLiteConnection?>

    init(path: String) throws(SQLiteError) {
        let connection = try SQLiteConnection(path: path, readOnly: true)
        connection.setBusyTimeout(milliseconds: 0)
        self.connection = Locked(connection)
    }

    /// The query's result; nil when the connection is in use, or the read failed and should be
    /// tried where waiting is allowed.
    func attempt<T: Sendable>(_ query: Query<T>) -> T?? {
        connection.withLockIfAvailable { connection -> T?? in
            guard let connection else { return nil }
            do throws(StoreError) {
                return .some(try connection.first(query.sql, query.values, query.decode))
            } catch {
                return nil
            }
        } ?? nil
    }

    /// Lets go of the database; reads then take the writer's way.
    func close() {
        connection.withLock { $0 = nil }
    }
}
