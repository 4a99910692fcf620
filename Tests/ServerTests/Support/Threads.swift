import Loop
import TestSupport

/// Runs a piece of work on several threads at once; their results, in the order of their numbers.
func inParallel<T: Sendable>(
    _ count: Int, _ work: @escaping @Sendable (Int) throws -> T
) throws -> [T] {
    let results = Locked<[Int: Result<T, any Error>]>([:])
    let threads = try (0..<count).map { index in
        try Thread(name: "test-\(index)") {
            let result = Result { try work(index) }
            results.withLock { $0[index] = result }
        }
    }
    for thread in threads { thread.join() }
    let all = results.withLock { $0 }
    return try (0..<count).compactMap { try all[$0]?.get() }
}

/// Work that goes on beside the test until its result is asked for.
final class Background<T: Sendable> {
    private let result: Locked<Result<T, any Error>?>
    private let thread: Thread

    init(_ work: @escaping @Sendable () throws -> T) throws {
        let result = Locked<Result<T, any Error>?>(nil)
        self.result = result
        thread = try Thread(name: "test-background") {
            let outcome = Result { try work() }
            result.withLock { $0 = outcome }
        }
    }

    /// Waits for it.
    func value() throws -> T {
        thread.join()
        guard let result = result.withLock({ $0 }) else { throw Fault("no result") }
        return try result.get()
    }
}

extension Duration {
    /// For people: `2020 ms`.
    var inMilliseconds: String { "\(Int(self / .milliseconds(1))) ms" }
}
