import Loop

/// A page's request that waits for news.
final class LongPoll: Source {
    /// How long a request waits at most.
    private static let patience = Duration.seconds(25)

    /// Ends the waiting from any thread; a second time does nothing.
    struct Wake: Sendable {
        let loop: EventLoop
        let id: SourceID

        func callAsFunction() {
            let id = id
            loop.post { loop in (loop.source(id) as? LongPoll)?.finish(on: loop) }
        }
    }

    private var continuation: CheckedContinuation<Void, Never>?
    private var id: SourceID?

    /// Starts the waiting.
    static func start(
        _ continuation: CheckedContinuation<Void, Never>, on loop: isolated EventLoop
    ) -> SourceID {
        let poll = LongPoll(continuation)
        let id = loop.add(poll)
        poll.id = id
        loop.setDeadline(loop.now + patience, of: id)
        return id
    }

    private init(_ continuation: CheckedContinuation<Void, Never>) {
        self.continuation = continuation
    }

    /// The loop ended first.
    deinit {
        continuation?.resume()
    }

    func ready(_ readiness: Readiness, on loop: isolated EventLoop) {}

    func deadlinePassed(on loop: isolated EventLoop) { finish(on: loop) }

    private func finish(on loop: isolated EventLoop) {
        continuation?.resume()
        continuation = nil
        if let id { loop.remove(id) }
    }
}
