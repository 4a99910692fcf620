import CSQLite
import Loop
import Metrics
import Synchronization

/// The one writer of a database: its own thread, and group commit.
///
/// Whatever is queued when the last commit returns goes into the next one; no timer. Each operation
/// fails alone: if one does, the batch is run again with a savepoint for each. Nothing is answered
/// before COMMIT, and if COMMIT fails the whole batch has failed.
final class SQLiteWriter: Sendable {
    private struct Queue {
        var jobs: [any WriteJob] = []
        var isStopping = false
    }

    private let queue = Locked(Queue())
    private let bell: Bell
    let metrics = StoreMetrics()
    private let committed: @Sendable (SQLiteConnection) -> Void
    private let foreign = ForeignChanges()

    /// How many operations may wait; then `overloaded`.
    private static let capacity = 20_000

    /// How many operations share one commit at most, so that the first need not wait for all.
    private static let batch = 256

    /// A writer that tells after each commit; its thread starts with `start`.
    init(committed: @escaping @Sendable (SQLiteConnection) -> Void) throws(SystemError) {
        bell = try Bell()
        self.committed = committed
    }

    /// Runs the writer on a thread of its own until `stop`; the connection is that thread's alone.
    func start(_ open: @escaping @Sendable () -> SQLiteConnection?) throws(SystemError) -> Thread {
        try Thread(
            name: "sqlite-writer",
            async: { [self] in
                guard let connection = open() else { return refuseAll() }
                foreign.begin(connection)
                while let jobs = take(idle: { foreign.look(connection) }) {
                    await commit(jobs, to: connection)
                    foreign.look(connection)
                }
            })
    }

    /// Ends the thread once all that is queued has been committed.
    func stop() {
        queue.withLock { $0.isStopping = true }
        bell.ring()
    }

    /// Runs an operation in a transaction; returns when it is on disk.
    func perform<T: Sendable>(
        _ operation: @escaping @Sendable (Transaction) async throws(StoreError) -> T
    ) async throws(StoreError) -> T {
        let result = await withCheckedContinuation { continuation in
            enqueue(Job(operation, continuation, for: RequestTrace.id))
        }
        return try result.get()
    }

    private func enqueue(_ job: any WriteJob) {
        let (refusal, isFirst): (StoreError?, Bool) = queue.withLock { queue in
            if queue.isStopping { return (.closed, false) }
            if queue.jobs.count >= Self.capacity { return (.overloaded, false) }
            queue.jobs.append(job)
            return (nil, queue.jobs.count == 1)
        }
        if let refusal {
            if case .overloaded = refusal { metrics.refused.add() }
            return job.finish(refusal)
        }
        if isFirst { bell.ring() }
    }

    /// How many operations wait.
    var waiting: Int { queue.withLock { $0.jobs.count } }

    /// How often other processes have changed the database since the writer began, as far as it has
    /// looked: at least twice a second.
    var foreignChanges: Int { foreign.count.load(ordering: .acquiring) }

    private func take(idle: () -> Void) -> [any WriteJob]? {
        while true {
            let (jobs, isStopping) = queue.withLock { queue in
                let taken = Array(queue.jobs.prefix(Self.batch))
                queue.jobs.removeFirst(taken.count)
                return (taken, queue.isStopping)
            }
            if !jobs.isEmpty { return jobs }
            if isStopping { return nil }
            guard bell.wait(atMost: ForeignChanges.interval) else {
                idle()
                continue
            }
            bell.wait()
        }
    }

    private func refuseAll() {
        let jobs = queue.withLock { queue in
            queue.isStopping = true
            return queue.jobs
        }
        for job in jobs { job.finish(.unavailable("the database could not be opened")) }
    }

    private func commit(_ jobs: [any WriteJob], to connection: SQLiteConnection) async {
        let start = Moment.now
        guard !connection.hasMoved else {
            metrics.commits[.failed].add()
            for job in jobs { job.finish(.unavailable("the database file was moved or replaced")) }
            return
        }
        do {
            try connection.run("BEGIN IMMEDIATE")
            if try await !runTogether(jobs, on: connection) {
                try connection.run("BEGIN IMMEDIATE")
                for job in jobs { try await run(job, on: connection) }
            }
            try connection.run("COMMIT")
        } catch {
            if !connection.isAutocommit { try? connection.run("ROLLBACK") }
            metrics.commits[.failed].add()
            for job in jobs { job.finish(StoreError(opening: error)) }
            return
        }
        metrics.committed(jobs.count, in: (.now - start).wholeNanoseconds)
        for job in jobs { job.finish(nil) }
        committed(connection)
    }

    /// Runs all operations without savepoints, which are hardly ever needed and cost a tenth of the
    /// writer's time; false when one has failed and all are undone, to be run once more.
    ///
    /// - Throws: when the whole transaction is gone.
    private func runTogether(
        _ jobs: [any WriteJob], on connection: SQLiteConnection
    ) async throws(StoreError) -> Bool {
        do throws(StoreError) {
            for job in jobs { try await job.run(on: connection) }
            return true
        } catch {
            guard !connection.isAutocommit else { throw error }
            try connection.stored { connection throws(SQLiteError) in
                try connection.run("ROLLBACK")
            }
            return false
        }
    }

    /// Runs one operation in its savepoint.
    ///
    /// - Throws: when the whole transaction is gone, as SQLite does it when the disk is full.
    private func run(
        _ job: any WriteJob, on connection: SQLiteConnection
    ) async throws {
        try connection.run("SAVEPOINT job")
        do throws(StoreError) {
            try await job.run(on: connection)
        } catch {
            guard !connection.isAutocommit else { throw error }
            try connection.run("ROLLBACK TO job")
            job.fail(error)
        }
        try connection.run("RELEASE job")
    }
}

/// What other processes do to the database, as the writer's connection sees it.
private final class ForeignChanges: Sendable {
    let count = Atomic(0)
    /// The writer's thread alone uses it.
    private let version = Atomic<Int64>(0)

    /// How long changes may go unnoticed while nothing is written here.
    static let interval = Duration.milliseconds(400)

    func begin(_ connection: SQLiteConnection) {
        version.store((try? connection.dataVersion()) ?? 0, ordering: .relaxed)
    }

    /// What cannot be read now is seen the next time.
    func look(_ connection: SQLiteConnection) {
        guard let now = try? connection.dataVersion(),
            version.exchange(now, ordering: .relaxed) != now
        else { return }
        count.add(1, ordering: .releasing)
    }
}

/// One queued operation and whoever waits for it.
private protocol WriteJob: AnyObject, Sendable {
    func run(on connection: SQLiteConnection) async throws(StoreError)

    /// This operation alone has failed.
    func fail(_ error: StoreError)

    /// The transaction has ended: committed, or failed as a whole.
    func finish(_ error: StoreError?)
}

/// Unchecked: `outcome` is written by the writer's thread alone, before it resumes the waiter.
private final class Job<T: Sendable>: WriteJob, @unchecked Sendable {
    private let operation: @Sendable (Transaction) async throws(StoreError) -> T
    private let continuation: CheckedContinuation<Result<T, StoreError>, Never>
    private let requestID: String?
    private var outcome: Result<T, StoreError> = .failure(.overloaded)

    init(
        _ operation: @escaping @Sendable (Transaction) async throws(StoreError) -> T,
        _ continuation: CheckedContinuation<Result<T, StoreError>, Never>, for requestID: String?
    ) {
        self.operation = operation
        self.continuation = continuation
        self.requestID = requestID
    }

    func run(on connection: SQLiteConnection) async throws(StoreError) {
        outcome = .success(
            try await operation(Transaction(database: .sqlite(connection), requestID: requestID)))
    }

    func fail(_ error: StoreError) { outcome = .failure(error) }

    func finish(_ error: StoreError?) {
        continuation.resume(returning: error.map { .failure($0) } ?? outcome)
    }
}
