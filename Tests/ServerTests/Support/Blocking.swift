import Loop
import Testing

/// Runs each test on a thread of its own: these tests block while they wait for another process, and
/// the pool, which has as many threads as the machine has cores, is needed by the others.
struct BlockingTrait: SuiteTrait, TestTrait, TestScoping {
    let isRecursive = true

    func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await function() }
        try await withTaskExecutorPreference(ThreadExecutor()) { try await function() }
    }
}

extension Trait where Self == BlockingTrait {
    static var blocking: Self { BlockingTrait() }
}

/// Gives every job of a task a fresh thread.
private final class ThreadExecutor: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = unsafe asUnownedTaskExecutor()
        do throws(SystemError) {
            _ = try Thread(name: "test") { unsafe job.runSynchronously(on: executor) }
        } catch {
            unsafe job.runSynchronously(on: executor)
        }
    }
}
