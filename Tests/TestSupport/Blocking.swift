import Loop
package import Testing

/// Runs each test on a thread of its own: these tests block while they wait for a peer or a process,
/// and the pool, which has as many threads as the machine has cores, is needed by the others.
///
/// Twelve at a time: each has a server of its own, and hundreds at once would only wait for each other.
package struct BlockingTrait: SuiteTrait, TestTrait, TestScoping {
    package let isRecursive = true

    private static let turnstile = Turnstile(places: 12)

    package func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await function() }
        await Self.turnstile.enter()
        defer { Self.turnstile.leave() }
        try await withTaskExecutorPreference(ThreadExecutor()) { try await function() }
    }
}

extension Trait where Self == BlockingTrait {
    package static var blocking: Self { BlockingTrait() }
}

/// Lets so many in at a time, in the order in which they came.
private final class Turnstile: Sendable {
    private struct State {
        var places: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Locked<State>

    init(places: Int) {
        state = Locked(State(places: places))
    }

    func enter() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.places > 0 else {
                    state.waiting.append(continuation)
                    return false
                }
                state.places -= 1
                return true
            }
            if isFree { continuation.resume() }
        }
    }

    func leave() {
        let next = state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.places += 1
                return nil as CheckedContinuation<Void, Never>?
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
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
