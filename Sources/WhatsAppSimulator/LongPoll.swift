import Loop

/// A page's request that waits for news.
final class LongPoll: Source {
    /// How long a request waits at most.
    static let patience = Duration.seconds(25)

    /// Ends the waiting from any thread; a second time does nothing.
    struct Wake: Sendable {
        let loop: EventLoop
        let id: SourceID

        func callAsFunction() {
            let id = id
            loop.post { loop in (loop.source(id) as? LongPoll)?.finish(id, on: loop) }
        }
    }

    private var continuation: CheckedContinuation<Void, Never>?
    private var id: SourceID?

    init(_ continuation: CheckedContinuation<Void, Never>) {
        self.continuation = continuation
    }

    func ready(_ readiness: Readiness, on loop: isolated EventLoop) {}

    /// The source stays until somebody wakes it: its id is all that names it.
    func deadlinePassed(on loop: isolated EventLoop) { resume() }

    private func finish(_ id: SourceID, on loop: isolated EventLoop) {
        resume()
        loop.remove(id)
    }

    private func resume() {
        continuation?.resume()
        continuation = nil
    }
}
