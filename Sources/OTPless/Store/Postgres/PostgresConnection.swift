import CPostgres
import Loop

/// One connection to PostgreSQL, driven by its loop's readiness: nothing waits for an answer.
///
/// What is queued goes out together; answers come in the same order and are handed to the replies that
/// queueing returned. The loop keeps it until it has ended.
/// Runs on: its loop.
final class PostgresConnection: Source {
    private let loop: EventLoop
    private let limits: PostgresLimits
    private weak var owner: (any PostgresConnectionOwner)?
    private var handle: PostgresHandle?
    private(set) var id: SourceID?
    private var socket: SourceID?
    private var statements = PostgresStatements()
    private var expected: [PostgresReply] = []
    /// Counts the synchronization points.
    private var part = 0
    /// Whether something was queued behind the last of them.
    private(set) var hasOpenPart = false
    private var isOpen = false
    private(set) var isEnded = false
    /// Why it must end, as soon as nobody is in its midst.
    private var fault: PostgresFailure?

    private init(
        _ limits: PostgresLimits, _ owner: any PostgresConnectionOwner, on loop: EventLoop
    ) {
        self.limits = limits
        self.owner = owner
        self.loop = loop
    }

    /// Begins to connect; the owner hears of the result, later.
    static func open(
        _ address: PostgresAddress, try number: Int, _ resolver: NameResolver,
        _ limits: PostgresLimits, for owner: any PostgresConnectionOwner,
        on loop: isolated EventLoop
    ) -> PostgresConnection {
        let connection = PostgresConnection(limits, owner, on: loop)
        let id = loop.add(connection)
        connection.id = id
        loop.setDeadline(.now + limits.opening, of: id)
        let names = address.names
        guard !names.isEmpty else {
            connection.start(address, [:], try: number, on: loop)
            return connection
        }
        resolver.resolve(names) { addresses in
            loop.post { loop in
                (loop.source(id) as? PostgresConnection)?
                    .start(address, addresses, try: number, on: loop)
            }
        }
        return connection
    }

    // MARK: Connecting

    private func start(
        _ address: PostgresAddress, _ addresses: NameResolver.Addresses, try number: Int,
        on loop: isolated EventLoop
    ) {
        guard let arguments = address.arguments(addresses: addresses, try: number) else {
            return endSoon(.lost("the database's host has no address"), on: loop)
        }
        guard let handle = PostgresHandle(arguments) else {
            return endSoon(.lost("no memory for a connection"), on: loop)
        }
        self.handle = handle
        describe = address.redacted
        guard !handle.isBroken else { return endSoon(connectionFailure(handle), on: loop) }
        watch(handle, .writable, on: loop)
    }

    private var describe: (String) -> String = { $0 }

    private func connectionFailure(_ handle: PostgresHandle) -> PostgresFailure {
        .lost(describe(handle.connectionError))
    }

    /// Watches the socket anew: it may be another one under the same number.
    private func watch(
        _ handle: PostgresHandle, _ interest: Readiness, on loop: isolated EventLoop
    ) {
        if let socket { loop.remove(socket) }
        socket = try? loop.add(
            PostgresSocket(self), descriptor: handle.socket, interest: interest)
        if socket == nil { endSoon(.lost("the connection cannot be watched"), on: loop) }
    }

    private func goOnConnecting(_ handle: PostgresHandle, on loop: isolated EventLoop) {
        switch handle.poll() {
        case .reading: watch(handle, .readable, on: loop)
        case .writing: watch(handle, .writable, on: loop)
        case .failed: end(connectionFailure(handle), on: loop)
        case .connected:
            guard handle.enterPipeline() else {
                return end(.lost("libpq has no pipeline mode"), on: loop)
            }
            isOpen = true
            watch(handle, .readable, on: loop)
            if let id { loop.setDeadline(nil, of: id) }
            owner?.opened(self, on: loop)
        }
    }

    // MARK: Ending

    /// Ends it in this turn's last step, when no caller is in its midst.
    private func endSoon(_ fault: PostgresFailure, on loop: isolated EventLoop) {
        self.fault = fault
        if let id { loop.setDeadline(loop.now, of: id) }
    }

    /// Closes it without a word to its owner.
    func close(on loop: isolated EventLoop) {
        owner = nil
        end(.lost("the connection was closed"), on: loop)
    }

    private func end(_ failure: PostgresFailure, on loop: isolated EventLoop) {
        guard !isEnded else { return }
        isEnded = true
        // The socket is closed by libpq, and only then.
        if let socket { loop.remove(socket) }
        if let id { loop.remove(id) }
        handle = nil
        let waiting = expected
        expected = []
        for reply in waiting { reply.fail(failure) }
        let reason =
            if case .lost(let reason) = failure { reason } else {
                "the database did not answer in time"
            }
        owner?.ended(self, reason, on: loop)
    }

    /// Too much time has passed: nothing was heard, or it is to end.
    func deadlinePassed(on loop: isolated EventLoop) {
        if let fault { return end(fault, on: loop) }
        guard isOpen, let handle else { return end(.timedOut, on: loop) }
        // What came in this very turn counts.
        receive(handle, on: loop)
        if !isEnded, !expected.isEmpty, wasSilent(on: loop) { end(.timedOut, on: loop) }
    }

    private var heardAt = Moment(nanoseconds: 0)

    private func wasSilent(on loop: isolated EventLoop) -> Bool {
        heardAt + limits.answer <= loop.now
    }

    // MARK: Turns

    func ready(_ readiness: Readiness, on loop: isolated EventLoop) {
        guard let handle, !isEnded else { return }
        guard isOpen else { return goOnConnecting(handle, on: loop) }
        receive(handle, on: loop)
    }

    private func receive(_ handle: PostgresHandle, on loop: isolated EventLoop) {
        let isAlive = handle.consumeInput()
        let count = expected.count
        takeReplies(handle)
        if expected.count < count { heardAt = loop.now }
        owner?.received(self, on: loop)
        if isEnded { return }
        if let fault { return end(fault, on: loop) }
        guard isAlive, !handle.isBroken else {
            return end(.lost("the connection was lost"), on: loop)
        }
        watching(handle).apply(on: loop)
    }

    private func takeReplies(_ handle: PostgresHandle) {
        while let reply = expected.first, !handle.isBusy {
            guard let result = handle.nextResult() else {
                // libpq says so at the end of each statement's results.
                finish(reply)
                continue
            }
            reply.received(result)
            if result.isFatal { fault = .lost("the server ended the session") }
            guard result.status == PGRES_PIPELINE_SYNC else { continue }
            if !reply.isSync { fault = .lost("the server's answers are out of step") }
            finish(reply)
        }
    }

    private func finish(_ reply: PostgresReply) {
        expected.removeFirst()
        reply.end()
        guard case .preparation(let key, let name) = reply.kind else { return }
        statements.answered(key, name, isPrepared: reply.failure == nil)
    }

    /// The next notification that has come.
    func nextNotification() -> (channel: String, payload: String)? { handle?.nextNotification() }

    /// The server's process, for tests.
    var backend: Int32 { handle?.backend ?? 0 }

    // MARK: Queueing

    /// Queues a statement and, for the first time, its preparation; nothing is sent yet.
    func queue(
        _ sql: StaticString, _ values: [Datum], locking: Bool = false
    ) -> [PostgresReply] {
        let key = PostgresStatements.Key(sql, isLocking: locking)
        let values = PostgresValues(values)
        var replies: [PostgresReply] = []
        let name: String
        if let known = statements.name(key, values, in: part) {
            name = known
        } else {
            name = statements.prepare(key, values, in: part)
            let text = locking ? "\(sql) FOR UPDATE" : sql.description
            replies.append(
                queue(.preparation(key, name: name)) {
                    $0.sendPrepare(name, text, types: values.types)
                })
        }
        replies.append(queue(.statement) { $0.sendPrepared(name, values) })
        return replies
    }

    /// Queues a statement that is made at run time, such as LISTEN, and never prepared.
    func queueOnce(_ sql: String) -> PostgresReply { queue(.statement) { $0.sendOnce(sql) } }

    /// Queues the end of this part of the pipeline: an error before it does not reach beyond.
    func queueSync() -> PostgresReply {
        let reply = queue(.sync) { $0.sendSync() }
        part += 1
        hasOpenPart = false
        return reply
    }

    private func queue(
        _ kind: PostgresReply.Kind, _ send: (PostgresHandle) -> Bool
    ) -> PostgresReply {
        let reply = PostgresReply(kind)
        guard let handle, fault == nil else {
            reply.fail(fault ?? .lost("the connection was lost"))
            return reply
        }
        if !send(handle) { fault = .lost("the connection was lost") }
        hasOpenPart = true
        expected.append(reply)
        return reply
    }

    /// Sends what is queued, and asks for all answers.
    func push() {
        guard let handle, !isEnded else { return }
        if hasOpenPart, !handle.sendFlushRequest() { fault = .lost("the connection was lost") }
        let watching = watching(handle)
        heardAt = .now
        loop.assumeIsolated { watching.apply(on: $0) }
    }

    /// Writes, and tells what has to be watched now.
    private func watching(_ handle: PostgresHandle) -> Watching {
        let hasMore = handle.flush()
        let deadline: Moment? =
            fault != nil ? .now : expected.isEmpty ? nil : .now + limits.answer
        return Watching(
            id: id, socket: socket, interest: hasMore ? [.readable, .writable] : .readable,
            deadline: deadline)
    }

    private struct Watching: Sendable {
        let id: SourceID?
        let socket: SourceID?
        let interest: Readiness
        let deadline: Moment?

        func apply(on loop: isolated EventLoop) {
            if let socket { loop.setInterest(interest, of: socket) }
            if let id { loop.setDeadline(deadline, of: id) }
        }
    }
}

/// The socket that libpq has just now; the connection's own source has no descriptor.
private final class PostgresSocket: Source {
    private unowned let connection: PostgresConnection

    init(_ connection: PostgresConnection) {
        self.connection = connection
    }

    func ready(_ readiness: Readiness, on loop: isolated EventLoop) {
        connection.ready(readiness, on: loop)
    }
}
