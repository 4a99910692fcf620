/// A database as an operator looks at it: read-only, on a connection of its own, while a server may
/// be using it.
public struct DatabaseView {
    private let connection: SQLiteConnection

    /// Opens a database as it is.
    ///
    /// - Throws: `StoreError` when there is none, or its schema is not this version's.
    public init(path: String) throws(StoreError) {
        do {
            connection = try SQLiteConnection.existing(path, readOnly: true)
        } catch {
            throw StoreError(opening: error)
        }
    }

    /// Passes on the audit's records since a time, oldest first, in batches until one is not taken.
    ///
    /// Each batch is read by itself: a reader that takes its time keeps no log from being emptied.
    public func records(
        since time: Timestamp, _ take: ([AuditRecord]) -> Bool
    ) throws(StoreError) {
        var place = Rows.AuditPlace(at: time, id: -1)
        while true {
            let records = try read { db throws(SQLiteError) in
                try Rows.records(behind: place, in: db)
            }
            guard let last = records.last, take(records) else { return }
            place = Rows.AuditPlace(at: last.at, id: last.id)
        }
    }

    /// All that is kept of a person, at one moment; nil when there is nothing.
    public func export(of name: AccountName, at now: Timestamp) throws(StoreError) -> Export? {
        try read { db throws(SQLiteError) in
            try db.run("BEGIN")
            defer { try? db.run("COMMIT") }
            return try Export(of: name, at: now, in: db)
        }
    }

    private func read<T>(
        _ query: (SQLiteConnection) throws(SQLiteError) -> T
    ) throws(StoreError) -> T {
        do throws(SQLiteError) {
            return try query(connection)
        } catch {
            throw .unavailable(error.description)
        }
    }
}
