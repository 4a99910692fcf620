import Synchronization

/// Runs async code on a thread of its own, for work that blocks: as long as nothing in it suspends, it
/// runs there from beginning to end like any other code, and what resumes comes back there.
final class ThreadExecutor: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var hasEnded = false
    }

    private let state = Locked(State())
    private let bell: Bell

    init() throws(SystemError) {
        bell = try Bell()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.jobs.append(job) }
        bell.ring()
    }

    /// Runs a closure on the calling thread, and returns with it.
    func run(_ body: @escaping @Sendable () async -> Void) {
        Task(executorPreference: self) { [self] in
            await body()
            state.withLock { $0.hasEnded = true }
        }
        while true {
            let (jobs, hasEnded) = state.withLock { state in
                let taken = state.jobs
                state.jobs = []
                return (taken, state.hasEnded)
            }
            for job in jobs { unsafe job.runSynchronously(on: asUnownedTaskExecutor()) }
            if jobs.isEmpty {
                if hasEnded { return }
                bell.wait()
            }
        }
    }
}
