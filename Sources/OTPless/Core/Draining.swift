import Synchronization

/// Whether the server is stopping: what was begun is finished, but nothing is begun any more.
public final class Draining: Sendable {
    private let flag = Atomic(false)

    /// Not yet.
    public init() {}

    /// Whether it has begun.
    public var hasBegun: Bool { flag.load(ordering: .relaxed) }

    /// The server stops.
    public func begin() { flag.store(true, ordering: .relaxed) }
}
