/// Why a statement did not do what it should; never its text and never data.
enum PostgresFailure: Error {
    /// The server refused it, and its transaction with it; the connection can be used.
    case refused(sqlState: String)

    /// It was not run, because one before it had failed.
    case skipped

    /// The connection is gone; whether the statement was run is unknown.
    case lost(String)

    /// No answer came in time, and the connection was given up.
    case timedOut

    /// Whether the same transaction may well succeed when it is run once more.
    var isConflict: Bool {
        guard case .refused(let state) = self else { return false }
        // Two transactions were in each other's way; the last is a race of two inserts.
        return ["40001", "40P01", "23505"].contains(state)
    }

    /// Whether it would succeed on another connection: this one is lost, or what was prepared on it
    /// is not there any more or returns other columns than it did.
    var callsForAnotherConnection: Bool {
        switch self {
        case .lost: true
        case .refused(let state): ["26000", "0A000"].contains(state)
        case .skipped, .timedOut: false
        }
    }

    var error: StoreError {
        switch self {
        case .refused(let state): .unavailable("\(Self.condition(state)), SQLSTATE \(state)")
        case .skipped: .unavailable("an earlier statement had failed")
        case .lost(let reason): .unavailable(reason)
        case .timedOut: .unavailable("the database did not answer in time")
        }
    }

    /// The condition's name; for most the class of the code is enough.
    ///
    /// Source: PostgreSQL's documentation, appendix A.
    private static func condition(_ state: String) -> String {
        conditions[state] ?? conditions[String(state.prefix(2))] ?? "the database refused"
    }

    private static let conditions = [
        "08": "connection exception", "0A": "feature not supported", "22": "data exception",
        "23": "integrity constraint violation", "23505": "unique violation",
        "25": "invalid transaction state", "25006": "read-only transaction",
        "26": "invalid statement name", "28": "invalid authorization",
        "3D": "no such database", "40": "transaction rollback",
        "40001": "serialization failure", "40P01": "deadlock detected",
        "42": "syntax error or access rule violation", "42501": "insufficient privilege",
        "42P01": "undefined table", "42703": "undefined column",
        "53": "insufficient resources", "53100": "disk full", "53200": "out of memory",
        "53300": "too many connections", "54": "program limit exceeded",
        "55": "object not in prerequisite state", "55P03": "lock not available",
        "57": "operator intervention", "57014": "statement canceled",
        "57P01": "the server is shutting down", "57P03": "the server cannot connect now",
        "58": "system error", "XX": "internal error",
    ]
}
