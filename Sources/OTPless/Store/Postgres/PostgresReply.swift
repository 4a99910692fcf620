import CPostgres

/// What the server is to answer to one thing that was sent; answers come in the order of sending.
final class PostgresReply {
    enum Kind {
        case preparation(PostgresStatements.Key, name: String)
        case statement
        /// The end of a part of the pipeline.
        case sync
    }

    let kind: Kind

    /// Nil until it has come.
    private(set) var outcome: Result<PostgresResult, PostgresFailure>?

    private var received: PostgresResult?
    private var waiter: CheckedContinuation<Void, Never>?

    init(_ kind: Kind) {
        self.kind = kind
    }

    var isSync: Bool {
        if case .sync = kind { true } else { false }
    }

    var failure: PostgresFailure? {
        if case .failure(let failure) = outcome { failure } else { nil }
    }

    func received(_ result: PostgresResult) {
        received = result
    }

    /// Nothing more comes of it.
    func end() {
        guard let received else { return fail(.lost("the connection was lost")) }
        switch received.status {
        case PGRES_PIPELINE_ABORTED: fail(.skipped)
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY, PGRES_PIPELINE_SYNC:
            end(.success(received))
        default:
            guard let state = received.sqlState else {
                return fail(.lost("the connection was lost"))
            }
            fail(
                received.isFatal
                    ? .lost("the server ended the session, SQLSTATE \(state)")
                    : .refused(sqlState: state))
        }
    }

    func fail(_ failure: PostgresFailure) {
        end(.failure(failure))
    }

    private func end(_ outcome: Result<PostgresResult, PostgresFailure>) {
        self.outcome = outcome
        waiter?.resume()
        waiter = nil
    }

    /// Returns when it has come; for one who waits.
    func wait() async {
        await withCheckedContinuation { continuation in
            // Looked at here and not before: on the way in here the task may give way, and it may come.
            if outcome == nil { waiter = continuation } else { continuation.resume() }
        }
    }
}
