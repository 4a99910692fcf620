import CLinux
import Glibc
import Synchronization

/// Runs the jobs of tasks isolated to a loop on the loop's own thread.
///
/// Jobs queued by the thread itself need no wake-up: the loop drains the queue before it sleeps. Jobs
/// from elsewhere ring the eventfd once a batch.
///
/// It is the actor's executor and the preference of the loop's tasks: a continuation resumes on the
/// preference, or without one on the global pool, and would come from there back to the loop.
final class LoopExecutor: SerialExecutor, TaskExecutor {
    let wakeDescriptor: Int32
    private let queue = Locked<[UnownedJob]>([])
    private let thread = Atomic<UInt>(0)

    init() throws(SystemError) {
        let flags = Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK)
        wakeDescriptor = try check(eventfd(0, flags), "eventfd")
    }

    deinit {
        close(wakeDescriptor)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isFirst = queue.withLock { queue in
            queue.append(job)
            return queue.count == 1
        }
        if isFirst, !isCurrentThread { wake() }
    }

    /// Swift asks this where it cannot tell from the task: `assumeIsolated` on the loop's thread.
    func checkIsolated() {
        precondition(isCurrentThread, "not on the loop's thread")
    }

    func isIsolatingCurrentContext() -> Bool? { isCurrentThread }

    var isCurrentThread: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

    var hasJobs: Bool { queue.withLock { !$0.isEmpty } }

    func adoptCurrentThread() {
        thread.store(UInt(pthread_self()), ordering: .relaxed)
    }

    func runJobs() {
        let jobs = queue.withLock { queue in
            let taken = queue
            queue.removeAll(keepingCapacity: false)
            return taken
        }
        for job in jobs {
            unsafe job.runSynchronously(
                isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
        }
    }

    func wake() {
        eventfd_write(wakeDescriptor, 1)
    }

    func acknowledgeWake() {
        var count: eventfd_t = 0
        unsafe eventfd_read(wakeDescriptor, &count)
    }
}
