import Glibc
import Metrics
import Synchronization

/// One thread, one epoll, and everything they own: the actor is the loop.
///
/// Connections are plain classes that the loop owns and calls synchronously. Async work is made here
/// alone (`spawn`), is isolated to the loop, and is counted, so that a drain can wait for it.
public actor EventLoop {
    /// Where this loop stands among its siblings, from 0.
    public nonisolated let index: Int

    /// The moment at which the current turn began: exact enough for time limits, and free.
    public private(set) var now = Moment.now

    /// How many spawned tasks have not ended yet.
    public private(set) var taskCount = 0 {
        didSet { metrics.tasks.add(taskCount - oldValue) }
    }

    /// What is counted of this loop.
    nonisolated let metrics = LoopMetrics()

    nonisolated let executor: LoopExecutor
    nonisolated let mailbox = Mailbox()
    private let poller: Poller
    private var sources = SourceTable()
    private var timers = Timers()

    private static let wakeToken = UInt64.max

    /// How many deadlines one turn sees to.
    private static let deadlinesPerTurn = 64

    /// Tasks isolated to this actor run on the loop's thread.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// A loop without a thread yet; `LoopGroup` gives it one.
    init(index: Int) throws(SystemError) {
        self.index = index
        executor = try LoopExecutor()
        poller = try Poller()
        try poller.add(executor.wakeDescriptor, .readable, token: Self.wakeToken)
    }

    // MARK: Sources

    /// Watches a descriptor for a source, and keeps the source alive until `remove`.
    ///
    /// The descriptor stays the caller's: it must be closed only after `remove`.
    public func add(
        _ source: any Source, descriptor: Int32, interest: Readiness
    ) throws(SystemError) -> SourceID {
        let id = sources.insert(source, descriptor: descriptor, interest: interest)
        do throws(SystemError) {
            try poller.add(descriptor, interest, token: id.token)
        } catch {
            sources.remove(id)
            throw error
        }
        return id
    }

    /// Keeps a source that has a deadline but no descriptor.
    public func add(_ source: any Source) -> SourceID {
        sources.insert(source, descriptor: -1, interest: [])
    }

    /// The live source of an id, or nil when it has gone.
    public func source(_ id: SourceID) -> (any Source)? {
        sources[id]?.source
    }

    /// Changes what a source's descriptor is watched for.
    public func setInterest(_ interest: Readiness, of id: SourceID) {
        guard var entry = sources[id], entry.interest != interest else { return }
        // Fails only for a descriptor already closed, whose source is about to hear of it.
        try? poller.modify(entry.descriptor, interest, token: id.token)
        entry.interest = interest
        sources[id] = entry
    }

    /// Sets, moves or (with nil) clears the one deadline of a source.
    public func setDeadline(_ moment: Moment?, of id: SourceID) {
        guard var entry = sources[id] else { return }
        entry.deadline = moment ?? .never
        if entry.deadline < entry.armed {
            entry.armed = entry.deadline
            timers.insert(entry.armed, id)
        }
        sources[id] = entry
        if timers.count > 2 * sources.count + 1024 { dropStaleTimers() }
    }

    /// Connections that ended early leave their entries behind; a flood of them must not pile up.
    private func dropStaleTimers() {
        timers.compact { sources[$0.id]?.armed == $0.moment }
    }

    /// Stops watching a source and lets go of it.
    public func remove(_ id: SourceID) {
        guard let entry = sources[id] else { return }
        if entry.descriptor >= 0 { poller.remove(entry.descriptor) }
        sources.remove(id)
    }

    /// All live sources, for tests.
    package var sourceIDs: [SourceID] { sources.ids }

    /// Lets go of all sources and letters when the loop has ended: some of them hold the loop.
    func abandonAll() {
        sources = SourceTable()
        _ = mailbox.takeAll()
    }

    // MARK: Work

    /// Starts a task isolated to this loop; the only place where tasks are made.
    public func spawn(_ work: @escaping @Sendable (isolated EventLoop) async -> Void) {
        taskCount += 1
        Task(executorPreference: executor) { await self.run(work) }
    }

    private func run(_ work: @Sendable (isolated EventLoop) async -> Void) async {
        await work(self)
        taskCount -= 1
    }

    /// Runs a closure on this loop, soon, from any thread; false when the mailbox is full.
    @discardableResult
    public nonisolated func post(_ letter: @escaping Mailbox.Letter) -> Bool {
        guard let isFirst = mailbox.put(letter) else {
            metrics.refusedLetters.add()
            return false
        }
        // The loop itself looks into the mailbox before it sleeps.
        if isFirst, !executor.isCurrentThread { executor.wake() }
        return true
    }

    // MARK: Turns

    /// One turn: letters, then readiness, then deadlines.
    func turn() {
        for letter in mailbox.takeAll() { letter(self) }
        let count = sleep()
        for index in 0..<count {
            let (token, readiness) = poller[index]
            guard token != Self.wakeToken else {
                executor.acknowledgeWake()
                continue
            }
            sources[SourceID(token: token)]?.source?.ready(readiness, on: self)
        }
        fireDeadlines()
    }

    /// Ends one turn's work and begins the next one's; returns how many events came in between.
    private func sleep() -> Int {
        let end = Moment.now
        metrics.turnEnded(begun: now, at: end)
        let count = poller.wait(
            milliseconds: executor.hasJobs || mailbox.count > 0 ? 0 : patience(at: end))
        now = .now
        return count
    }

    /// How long to sleep: rounded up, so that a deadline is not polled for.
    private func patience(at current: Moment) -> Int32 {
        guard let next = timers.next else { return -1 }
        guard next > current else { return 0 }
        return Int32(clamping: (next.nanoseconds - current.nanoseconds + 999_999) / 1_000_000)
    }

    private func fireDeadlines() {
        // A flood that came together is late together: the rest is due at once, but not before what is
        // ready meanwhile.
        for _ in 0..<Self.deadlinesPerTurn {
            guard let timer = timers.pop(due: now) else { return }
            guard var entry = sources[timer.id], entry.armed == timer.moment else { continue }
            let isDue = entry.deadline <= now
            if isDue { entry.deadline = .never }
            entry.armed = entry.deadline
            if entry.armed != .never { timers.insert(entry.armed, timer.id) }
            sources[timer.id] = entry
            if isDue { entry.source?.deadlinePassed(on: self) }
        }
    }
}
