/// A value as a database stores it.
package enum Datum {
    case null
    case integer(Int64)
    case text(String)
    /// The 16 bytes of an identifier.
    case id(high: UInt64, low: UInt64)
    case blob([UInt8])
}

/// What can be bound to a statement, in either database.
protocol StoredValue {
    var datum: Datum { get }
}

extension Int: StoredValue {
    var datum: Datum { .integer(Int64(self)) }
}

extension Bool: StoredValue {
    var datum: Datum { .integer(self ? 1 : 0) }
}

extension String: StoredValue {
    var datum: Datum { .text(self) }
}

extension Timestamp: StoredValue {
    var datum: Datum { .integer(milliseconds) }
}

extension Identifier: StoredValue {
    var datum: Datum { .id(high: high, low: low) }
}

extension Digest: StoredValue {
    var datum: Datum { .blob(bytes) }
}

extension PhoneNumber: StoredValue {
    var datum: Datum { .text(digits) }
}

extension [UInt8]: StoredValue {
    var datum: Datum { .blob(self) }
}

extension Optional: StoredValue where Wrapped: StoredValue {
    var datum: Datum {
        // A key path would be made anew each time: a third of what the writer's thread did.
        switch self {
        case .none: .null
        case .some(let value): value.datum
        }
    }
}
