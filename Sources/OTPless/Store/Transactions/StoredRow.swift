/// A row that a query found; columns are numbered from 0.
///
/// Valid until the next one.
enum StoredRow {
    case sqlite(SQLiteRow)
    case postgres(PostgresRow)

    func isNull(_ column: Int32) -> Bool {
        switch self {
        case .sqlite(let row): row.isNull(column)
        case .postgres(let row): row.isNull(column)
        }
    }

    func integer(_ column: Int32) -> Int64 {
        switch self {
        case .sqlite(let row): row.integer(column)
        case .postgres(let row): row.integer(column)
        }
    }

    func text(_ column: Int32) -> String? {
        switch self {
        case .sqlite(let row): row.text(column)
        case .postgres(let row): row.text(column)
        }
    }

    func blob(_ column: Int32) -> [UInt8] {
        switch self {
        case .sqlite(let row): row.blob(column)
        case .postgres(let row): row.blob(column)
        }
    }

    /// An identifier, where the column holds one.
    func optionalID<Kind>(_ column: Int32, _ kind: Kind.Type) -> Identifier<Kind>? {
        switch self {
        case .sqlite(let row): row.words(column).map { Identifier(high: $0.high, low: $0.low) }
        case .postgres(let row): row.words(column).map { Identifier(high: $0.high, low: $0.low) }
        }
    }
}

extension StoredRow {
    func time(_ column: Int32) -> Timestamp { Timestamp(milliseconds: integer(column)) }

    func optionalTime(_ column: Int32) -> Timestamp? { isNull(column) ? nil : time(column) }

    func optionalBlob(_ column: Int32) -> [UInt8]? { isNull(column) ? nil : blob(column) }

    /// An identifier that a column must hold.
    func id<Kind>(_ column: Int32) throws(StoreError) -> Identifier<Kind> {
        guard let id = optionalID(column, Kind.self) else { throw .corrupt }
        return id
    }

    /// A phone number, where the column holds one.
    func optionalPhone(_ column: Int32) throws(StoreError) -> PhoneNumber? {
        isNull(column) ? nil : try phone(column)
    }

    /// A phone number that a column must hold.
    func phone(_ column: Int32) throws(StoreError) -> PhoneNumber {
        guard let phone = text(column).flatMap({ PhoneNumber(waID: $0) }) else { throw .corrupt }
        return phone
    }
}

extension StoreError {
    /// A row that no version of the server writes.
    static let corrupt = StoreError.unavailable("a row cannot be understood")
}
