/// A value as SQLite stores it.
enum SQLiteDatum {
    case null
    case integer(Int64)
    case text(String)
    /// The 16 bytes of an identifier.
    case id(high: UInt64, low: UInt64)
    case blob([UInt8])
}

/// What can be bound to a statement.
protocol SQLiteValue {
    var sqlite: SQLiteDatum { get }
}

extension Int: SQLiteValue {
    var sqlite: SQLiteDatum { .integer(Int64(self)) }
}

extension Bool: SQLiteValue {
    var sqlite: SQLiteDatum { .integer(self ? 1 : 0) }
}

extension String: SQLiteValue {
    var sqlite: SQLiteDatum { .text(self) }
}

extension Timestamp: SQLiteValue {
    var sqlite: SQLiteDatum { .integer(milliseconds) }
}

extension Identifier: SQLiteValue {
    var sqlite: SQLiteDatum { .id(high: high, low: low) }
}

extension Digest: SQLiteValue {
    var sqlite: SQLiteDatum { .blob(bytes) }
}

extension PhoneNumber: SQLiteValue {
    var sqlite: SQLiteDatum { .text(digits) }
}

extension [UInt8]: SQLiteValue {
    var sqlite: SQLiteDatum { .blob(self) }
}

extension Optional: SQLiteValue where Wrapped: SQLiteValue {
    var sqlite: SQLiteDatum {
        // A key path would be made anew each time: a third of what the writer's thread did.
        switch self {
        case .none: .null
        case .some(let value): value.sqlite
        }
    }
}
