import Loop

/// Runs a closure on a loop, as one piece: nothing else happens there in between.
func run<T: Sendable>(
    on loop: isolated EventLoop, _ body: @Sendable (isolated EventLoop) throws -> T
) rethrows -> T {
    try body(loop)
}

/// Starts loops for a test and ends them with it.
func withLoops(
    _ count: Int = 1, _ body: ([EventLoop]) async throws -> Void
) async throws {
    let group = try LoopGroup(count: count)
    defer { group.stop() }
    try await body(group.loops)
}

/// A value that the threads of a test share.
final class Shared<Value: Sendable>: Sendable {
    private let held: Locked<Value>

    init(_ value: Value) {
        held = Locked(value)
    }

    var value: Value { held.withLock { $0 } }

    func update(_ change: @Sendable (inout Value) -> Void) {
        held.withLock { change(&$0) }
    }
}
