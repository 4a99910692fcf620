package import Loop
import Metrics

extension PostgresPool {
    /// Runs an operation in a transaction, and once more where another was in its way.
    ///
    /// What `body` does beside the database may therefore happen more than once. It has committed when
    /// this returns. "connection lost at commit": nobody knows whether it has.
    ///
    /// - Throws: what `body` throws, after a rollback; or why the database did not do it.
    package static func transaction<T: Sendable>(
        _ pool: SourceID, on loop: isolated EventLoop,
        _ body: @escaping @Sendable (PostgresSession) async throws(StoreError) -> T
    ) async throws(StoreError) -> T {
        try await perform(pool, .transaction, on: loop, body)
    }

    /// Runs single statements, each in a transaction of its own; they must only read, as they may be
    /// run more than once.
    package static func read<T: Sendable>(
        _ pool: SourceID, on loop: isolated EventLoop,
        _ body: @escaping @Sendable (PostgresSession) async throws(StoreError) -> T
    ) async throws(StoreError) -> T {
        try await perform(pool, .single, on: loop, body)
    }

    private static func perform<T: Sendable>(
        _ pool: SourceID, _ mode: PostgresSession.Mode, on loop: isolated EventLoop,
        _ body: @escaping @Sendable (PostgresSession) async throws(StoreError) -> T
    ) async throws(StoreError) -> T {
        guard let pool = loop.source(pool) as? PostgresPool else { throw .closed }
        let begin = Moment.now
        var repetitions = Repetitions(pool.limits)
        while true {
            let connection = try await pool.lend(fresh: repetitions.hasLostConnection, on: loop)
            let session = PostgresSession(connection, mode)
            let outcome = await attempt(session, body)
            let isClean = await session.cleanUp() && !session.isStale
            pool.takeBack(connection, isClean: isClean, on: loop)
            if case .failure = outcome, let cause = repetitions.cause(after: session) {
                pool.metrics.repetitions[cause].add()
                if cause == .conflict { await LoopPause.wait(repetitions.pause, on: loop) }
                continue
            }
            pool.metrics.durations.record((.now - begin).wholeNanoseconds)
            if session.failure != nil { pool.metrics.failures.add() }
            return try outcome.get()
        }
    }

    private static func attempt<T: Sendable>(
        _ session: PostgresSession,
        _ body: @Sendable (PostgresSession) async throws(StoreError) -> T
    ) async -> Result<T, StoreError> {
        do throws(StoreError) {
            let value = try await body(session)
            try await session.finish()
            return .success(value)
        } catch {
            return .failure(error)
        }
    }
}

/// How often an operation was run once more, and whether it may be again.
private struct Repetitions {
    private let most: Int
    private var conflicts = 0
    private(set) var hasLostConnection = false

    init(_ limits: PostgresLimits) {
        most = limits.repetitions
    }

    /// Why it is run once more; nil when it is not.
    mutating func cause(after session: PostgresSession) -> PostgresMetrics.Repetition? {
        guard let failure = session.failure else { return nil }
        if failure.isConflict, conflicts < most {
            conflicts += 1
            return .conflict
        }
        guard failure.callsForAnotherConnection, !hasLostConnection, !session.isOutcomeUnknown
        else { return nil }
        hasLostConnection = true
        return .connection
    }

    /// Short, and longer each time: who met once meets again if both come back at once.
    var pause: Duration {
        .milliseconds(2) * (1 << conflicts) * Double.random(in: 0.5...1.5)
    }
}
