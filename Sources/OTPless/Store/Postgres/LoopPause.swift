import Loop

/// A pause of one task, by a loop's deadline.
final class LoopPause: Source {
    private let continuation: CheckedContinuation<Void, Never>
    private var id: SourceID?

    private init(_ continuation: CheckedContinuation<Void, Never>) {
        self.continuation = continuation
    }

    /// Returns when the time is over.
    static func wait(_ time: Duration, on loop: isolated EventLoop) async {
        await withCheckedContinuation { continuation in
            let pause = LoopPause(continuation)
            let id = loop.add(pause)
            pause.id = id
            loop.setDeadline(.now + time, of: id)
        }
    }

    func ready(_ readiness: Readiness, on loop: isolated EventLoop) {}

    func deadlinePassed(on loop: isolated EventLoop) {
        if let id { loop.remove(id) }
        continuation.resume()
    }
}
