/// Does a chore again and again, never twice at once.
///
/// Runs on: its loop, until that ends.
public final class Repeater: Source {
    /// Returns how long to rest before the next time.
    public typealias Chore = @Sendable (isolated EventLoop) async -> Duration

    private let chore: Chore
    private var id: SourceID?

    /// Begins after a rest.
    public static func start(
        after rest: Duration, on loop: isolated EventLoop, _ chore: @escaping Chore
    ) {
        let repeater = Repeater(chore)
        let id = loop.add(repeater)
        repeater.id = id
        loop.setDeadline(loop.now + rest, of: id)
    }

    private init(_ chore: @escaping Chore) {
        self.chore = chore
    }

    /// Nothing is ever read or written.
    public func ready(_ readiness: Readiness, on loop: isolated EventLoop) {}

    /// It is time again.
    public func deadlinePassed(on loop: isolated EventLoop) {
        guard let id else { return }
        let chore = chore
        loop.spawn { loop in
            let rest = await chore(loop)
            loop.setDeadline(.now + rest, of: id)
        }
    }
}
