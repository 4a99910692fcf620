package import Loop
import Metrics

/// A loop's connections to PostgreSQL: opened when they are needed, kept, and never more than so many.
///
/// Who finds none free waits, in order and not for long. While no connection can be had at all,
/// operations fail at once, and the pool goes on trying by itself.
/// Runs on: its loop.
package final class PostgresPool: Source, PostgresConnectionOwner {
    private let address: PostgresAddress
    private let resolver: NameResolver
    let limits: PostgresLimits
    let metrics: PostgresMetrics
    private var id: SourceID?
    private var isClosed = false

    /// Those that are being opened, too.
    private var connections: [PostgresConnection] = []
    private var opening: [PostgresConnection] = []
    /// The one used last comes first: the others' caches go cold.
    private var idle: [PostgresConnection] = []
    private var waiters = PostgresWaiters()

    /// How often connecting has failed since it last succeeded.
    private var failures = 0
    /// All failures so far: the next try begins with the next address.
    private var misses = 0
    private var nextTry = Moment(nanoseconds: 0)
    /// Why there is no connection; nil while there is one, or nobody has tried.
    private var fault: String? {
        didSet { metrics.down.add((fault == nil ? 0 : 1) - metrics.down.value) }
    }
    /// The other loops' pools.
    var neighbours: [PostgresPlace] = []

    /// A pool of a loop, which keeps it until `close`; use it by the id.
    package static func make(
        _ address: PostgresAddress, _ resolver: NameResolver, limits: PostgresLimits,
        metrics: PostgresMetrics, on loop: isolated EventLoop
    ) -> SourceID {
        let pool = PostgresPool(address, resolver, limits, metrics)
        let id = loop.add(pool)
        pool.id = id
        return id
    }

    private init(
        _ address: PostgresAddress, _ resolver: NameResolver, _ limits: PostgresLimits,
        _ metrics: PostgresMetrics
    ) {
        self.address = address
        self.resolver = resolver
        self.limits = limits
        self.metrics = metrics
    }

    /// Closes what is idle now and the others when they are given back; who waits is told.
    package static func close(_ pool: SourceID, on loop: isolated EventLoop) {
        (loop.source(pool) as? PostgresPool)?.close(on: loop)
    }

    private func close(on loop: isolated EventLoop) {
        isClosed = true
        if let id { loop.remove(id) }
        for connection in opening + idle { drop(connection, on: loop) }
        waiters.refuse(.closed)
        count()
    }

    // MARK: Lending

    /// A connection that nobody else uses until it is given back; a fresh one for who has just lost one.
    func lend(fresh: Bool, on loop: isolated EventLoop) async throws(StoreError)
        -> PostgresConnection
    {
        if fresh { for connection in idle { drop(connection, on: loop) } }
        while true {
            let lent = try await wait(on: loop)
            // It may have died on its way.
            guard let connection = loop.source(lent) as? PostgresConnection else { continue }
            count()
            return connection
        }
    }

    private func wait(on loop: isolated EventLoop) async throws(StoreError) -> SourceID {
        let answer = await withCheckedContinuation { continuation in
            // Looked at here and not before: on the way in here the task may give way to others.
            if let answer = answerAtOnce() { return continuation.resume(returning: answer) }
            waiters.append(continuation, until: .now + limits.patience)
            openMore(on: loop)
            arm(on: loop)
            count()
        }
        if case .failure = answer, !isClosed { metrics.failures.add() }
        return try answer.get()
    }

    private func answerAtOnce() -> PostgresWaiters.Answer? {
        if isClosed { return .failure(.closed) }
        if let lent = idle.popLast()?.id { return .success(lent) }
        if let fault { return .failure(.unavailable(fault)) }
        guard waiters.count >= limits.waiting else { return nil }
        metrics.refused.add()
        return .failure(.overloaded)
    }

    /// Takes a connection back; one that is not clean is closed.
    func takeBack(_ connection: PostgresConnection, isClean: Bool, on loop: isolated EventLoop) {
        if !connection.isEnded {
            if isClean, !isClosed { pass(connection) } else { drop(connection, on: loop) }
        }
        if !isClosed {
            openMore(on: loop)
            arm(on: loop)
        }
        count()
    }

    /// To who has waited longest, or to the others that are free.
    private func pass(_ connection: PostgresConnection) {
        guard let lent = connection.id, let waiter = waiters.removeFirst() else {
            return idle.append(connection)
        }
        waiter.resume(returning: .success(lent))
    }

    private func drop(_ connection: PostgresConnection, on loop: isolated EventLoop) {
        forget(connection)
        connection.close(on: loop)
    }

    private func forget(_ connection: PostgresConnection) {
        connections.removeAll { $0 === connection }
        opening.removeAll { $0 === connection }
        idle.removeAll { $0 === connection }
    }

    // MARK: Opening

    private func openMore(on loop: isolated EventLoop) {
        // While it fails, one try at a time is enough.
        let most = failures > 0 ? 1 : limits.connections
        while waiters.count > opening.count || fault != nil, opening.count < most,
            connections.count < limits.connections, nextTry <= .now
        {
            let connection = PostgresConnection.open(
                address, try: misses, resolver, limits, for: self, on: loop)
            connections.append(connection)
            opening.append(connection)
            if fault != nil { return }
        }
    }

    func opened(_ connection: PostgresConnection, on loop: isolated EventLoop) {
        metrics.connecting[.opened].add()
        opening.removeAll { $0 === connection }
        if fault != nil { for place in neighbours { place.tryNow() } }
        failures = 0
        fault = nil
        pass(connection)
        openMore(on: loop)
        arm(on: loop)
        count()
    }

    /// Does not wait until the next try is due.
    func tryNow(on loop: isolated EventLoop) {
        guard failures > 0 else { return }
        failures = 0
        nextTry = .now
        openMore(on: loop)
        arm(on: loop)
    }

    func ended(_ connection: PostgresConnection, _ reason: String, on loop: isolated EventLoop) {
        let wasOpening = opening.contains { $0 === connection }
        forget(connection)
        if wasOpening {
            metrics.connecting[.failed].add()
            failures += 1
            misses += 1
            nextTry = .now + limits.pause(afterTry: failures)
            if connections.count == opening.count { giveUp(reason) }
        } else {
            metrics.lost.add()
        }
        guard !isClosed else { return }
        openMore(on: loop)
        arm(on: loop)
        count()
    }

    private func giveUp(_ reason: String) {
        fault = reason
        waiters.refuse(.unavailable(reason))
    }

    func received(_ connection: PostgresConnection, on loop: isolated EventLoop) {
        while connection.nextNotification() != nil {}
    }

    // MARK: Deadlines

    private func arm(on loop: isolated EventLoop) {
        guard let id else { return }
        let isTrying = opening.isEmpty && (fault != nil || waiters.count > 0) && failures > 0
        let next = min(waiters.deadline ?? .never, isTrying ? nextTry : .never)
        loop.setDeadline(next == .never ? nil : next, of: id)
    }

    package func ready(_ readiness: Readiness, on loop: isolated EventLoop) {}

    package func deadlinePassed(on loop: isolated EventLoop) {
        while let deadline = waiters.deadline, deadline <= loop.now {
            metrics.refused.add()
            let error = StoreError.unavailable("timed out waiting for a connection")
            waiters.removeFirst()?.resume(returning: .failure(error))
        }
        openMore(on: loop)
        arm(on: loop)
        count()
    }

    private func count() {
        metrics.open.add(connections.count - opening.count - metrics.open.value)
        metrics.busy.add(
            connections.count - opening.count - idle.count - metrics.busy.value)
        metrics.waiting.add(waiters.count - metrics.waiting.value)
    }
}
