import Loop

/// A source that remembers what it was told, and wakes whoever waits for its deadline.
final class RecordingSource: Source, Sendable {
    private struct State {
        var moments: [Moment] = []
        var readiness: [Readiness] = []
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Locked(State())
    private let react: @Sendable (isolated EventLoop) -> Void

    init(_ react: @escaping @Sendable (isolated EventLoop) -> Void = { _ in }) {
        self.react = react
    }

    /// The loop's `now` at each deadline.
    var moments: [Moment] { state.withLock { $0.moments } }

    var readiness: [Readiness] { state.withLock { $0.readiness } }

    func ready(_ readiness: Readiness, on loop: isolated EventLoop) {
        state.withLock { $0.readiness.append(readiness) }
        tellWaiters()
        react(loop)
    }

    func deadlinePassed(on loop: isolated EventLoop) {
        state.withLock { $0.moments.append(loop.now) }
        tellWaiters()
        react(loop)
    }

    /// Returns once the source has been told something, be it before or after the call.
    func wait() async {
        await withCheckedContinuation { continuation in
            let isTold = state.withLock { state in
                guard state.moments.isEmpty, state.readiness.isEmpty else { return true }
                state.waiters.append(continuation)
                return false
            }
            if isTold { continuation.resume() }
        }
    }

    private func tellWaiters() {
        let waiters = state.withLock { state in
            let taken = state.waiters
            state.waiters = []
            return taken
        }
        for waiter in waiters { waiter.resume() }
    }
}
