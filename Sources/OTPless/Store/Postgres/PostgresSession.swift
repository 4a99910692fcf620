/// What one operation sees of the database: statements in the order in which they are queued.
///
/// Nothing is sent before something is waited for, and then everything at once.
/// Runs on: its loop, for as long as the operation runs.
package final class PostgresSession {
    enum Mode {
        /// BEGIN goes out with the first statement.
        case transaction
        /// Each wait is a transaction of its own.
        case single
    }

    private let connection: PostgresConnection
    private let mode: Mode
    private var pending: [PostgresReply] = []
    private var isBegun = false
    private var isOver = false
    private var isCommitSent = false

    /// How often it has waited, for tests.
    package private(set) var flushes = 0

    /// The first failure; what comes behind it is not run.
    private(set) var failure: PostgresFailure?

    init(_ connection: PostgresConnection, _ mode: Mode) {
        self.connection = connection
        self.mode = mode
    }

    // MARK: Statements

    /// Queues a statement without waiting for it: if it fails, the next wait does.
    package func send(_ sql: StaticString, _ values: [Datum], locking: Bool = false) {
        _ = queue(sql, values, locking)
    }

    /// Runs a query and returns its rows; `locking` holds them until the end: `FOR UPDATE`.
    package func rows(
        _ sql: StaticString, _ values: [Datum], locking: Bool = false
    ) async throws(StoreError) -> PostgresRows {
        PostgresRows(try await result(sql, values, locking))
    }

    /// Runs queries in one round trip, and returns the rows of each.
    package func rows(
        _ queries: [(sql: StaticString, values: [Datum])], locking: Bool
    ) async throws(StoreError) -> [PostgresRows] {
        let replies = queries.map { queue($0.sql, $0.values, locking) }
        try await settle()
        return try replies.map { reply throws(StoreError) in PostgresRows(try result(of: reply)) }
    }

    /// Runs a statement and returns how many rows it changed.
    package func count(
        _ sql: StaticString, _ values: [Datum], locking: Bool = false
    ) async throws(StoreError) -> Int {
        try await result(sql, values, locking).changes
    }

    private func queue(_ sql: StaticString, _ values: [Datum], _ locking: Bool) -> PostgresReply? {
        guard failure == nil else { return nil }
        if mode == .transaction, !isBegun {
            isBegun = true
            pending += connection.queue("BEGIN", [])
        }
        let replies = connection.queue(sql, values, locking: locking)
        pending += replies
        return replies.last
    }

    private func result(
        _ sql: StaticString, _ values: [Datum], _ locking: Bool
    ) async throws(StoreError) -> PostgresResult {
        let reply = queue(sql, values, locking)
        try await settle()
        return try result(of: reply)
    }

    private func result(of reply: PostgresReply?) throws(StoreError) -> PostgresResult {
        switch reply?.outcome {
        case .success(let result): return result
        default: throw failure?.error ?? .closed
        }
    }

    /// Waits for all that is queued.
    ///
    /// With a sync and not only a flush, also in a transaction: then the server knows that it is idle, and
    /// ends it when this node has died or stands still, with all its locks.
    private func settle() async throws(StoreError) {
        if connection.hasOpenPart { pending.append(connection.queueSync()) }
        await answers()
        if let failure { throw failure.error }
    }

    private func answers() async {
        guard let last = pending.last else { return }
        connection.push()
        flushes += 1
        await last.wait()
        for reply in pending where failure == nil { failure = reply.failure }
        pending.removeAll(keepingCapacity: true)
    }

    // MARK: The end

    /// Commits, or waits for what is left of single statements.
    func finish() async throws(StoreError) {
        if let failure { throw failure.error }
        guard mode == .transaction else { return try await settle() }
        guard isBegun else { return }
        isCommitSent = !connection.isEnded
        let commit = connection.queue("COMMIT", [])
        pending += commit
        pending.append(connection.queueSync())
        await answers()
        try committed(commit.last?.outcome)
    }

    private func committed(
        _ outcome: Result<PostgresResult, PostgresFailure>?
    ) throws(StoreError) {
        guard case .success(let result) = outcome, failure == nil else {
            switch failure {
            // Nobody knows whether it was done.
            case .lost where isCommitSent, .timedOut, nil:
                throw .unavailable("connection lost at commit")
            case .some(let failure): throw failure.error
            }
        }
        isOver = true
        // The server ends a transaction that has failed this way, and says so.
        guard result.tag == "COMMIT" else { throw .unavailable("the transaction was rolled back") }
    }

    /// Undoes what was not committed, so that the connection can be used by the next; false when it
    /// cannot.
    func cleanUp() async -> Bool {
        guard !connection.isEnded else { return false }
        var last: PostgresReply?
        if connection.hasOpenPart { last = connection.queueSync() }
        if isBegun, !isOver {
            pending = connection.queue("ROLLBACK", [])
            last = connection.queueSync()
        }
        guard let last else { return true }
        connection.push()
        await last.wait()
        defer { pending.removeAll() }
        return last.failure == nil && pending.allSatisfy { $0.failure == nil }
    }

    /// Whether nobody knows if it was committed.
    var isOutcomeUnknown: Bool {
        guard isCommitSent else { return false }
        switch failure {
        case .lost, .timedOut: return true
        case .refused, .skipped, nil: return false
        }
    }

    /// Whether the connection remembers what the server does not.
    var isStale: Bool { failure?.callsForAnotherConnection ?? false }

    /// The server's process, for tests.
    package var backend: Int32 { connection.backend }
}
