/// A table as it is copied: the same statements read it in both databases.
struct CopiedTable {
    /// What a column holds, where it is not NULL.
    enum Kind {
        case integer, text, blob
    }

    let name: String

    /// The kinds of the columns, in the statements' order; the first is the primary key.
    let kinds: [Kind]

    let count: StaticString

    /// The rows behind a key, in the order of keys: `$2` of them at most.
    ///
    /// The databases order texts in different ways; each goes through all of them in its own.
    let page: StaticString

    let insert: StaticString

    /// Less than any key there is.
    var firstKey: Datum {
        switch kinds.first {
        case .blob: .blob([0])
        case .integer: .integer(.min)
        case .text, nil: .text("")
        }
    }

    /// A row's values, as `insert` takes them.
    func values(of row: StoredRow) -> [Datum] {
        kinds.enumerated().map { index, kind in
            let column = Int32(index)
            if row.isNull(column) { return .null }
            switch kind {
            case .integer: return .integer(row.integer(column))
            case .text: return row.text(column).map(Datum.text) ?? .null
            case .blob: return .blob(row.blob(column))
            }
        }
    }
}

extension Transaction {
    /// How many rows a table has.
    func count(of table: CopiedTable) async throws(StoreError) -> Int {
        try await first(table.count) { Int($0.integer(0)) } ?? 0
    }

    /// The rows of a table behind a key.
    func page(
        of table: CopiedTable, after key: Datum, limit: Int
    ) async throws(StoreError) -> [[Datum]] {
        let values = [key, .integer(Int64(limit))]
        switch database {
        case .sqlite(let connection): return try connection.all(table.page, values, table.values)
        case .postgres(let session):
            return try await session.rows(table.page, values).map {
                table.values(of: .postgres($0))
            }
        }
    }

    /// Inserts rows; returns when the database has taken them.
    func insert(_ rows: [[Datum]], into table: CopiedTable) async throws(StoreError) {
        for row in rows {
            switch database {
            case .sqlite(let connection):
                try connection.stored { connection throws(SQLiteError) in
                    try connection.run(table.insert, row)
                }
            case .postgres(let session): session.send(table.insert, row)
            }
        }
        // What was sent is answered by now, or has failed.
        _ = try await first("SELECT 1") { _ in true }
    }
}
