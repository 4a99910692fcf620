import Glibc
import Synchronization

/// The process's event loops, each on a thread of its own.
public final class LoopGroup: Sendable {
    /// The loops, by index.
    public let loops: [EventLoop]

    private let threads: [Thread]
    private let isStopping: StopFlag

    /// Starts that many loops.
    ///
    /// - Throws: `SystemError` when descriptors or threads cannot be had.
    public init(count: Int) throws(SystemError) {
        let flag = StopFlag()
        var loops: [EventLoop] = []
        var threads: [Thread] = []
        // All descriptors first: they are what may run out, and threads once started must be stopped.
        for index in 0..<max(1, count) { loops.append(try EventLoop(index: index)) }
        for loop in loops {
            threads.append(try Thread(name: "loop-\(loop.index)") { Self.run(loop, until: flag) })
        }
        self.loops = loops
        self.threads = threads
        isStopping = flag
    }

    /// Ends every loop after its current turn and waits for the threads.
    public func stop() {
        isStopping.raise()
        for loop in loops { loop.executor.wake() }
        for thread in threads { thread.join() }
    }

    private static func run(_ loop: EventLoop, until stop: StopFlag) {
        loop.executor.adoptCurrentThread()
        while !stop.isRaised {
            loop.executor.runJobs()
            loop.assumeIsolated { $0.turn() }
        }
        loop.assumeIsolated { $0.abandonAll() }
    }
}

/// Tells the threads of a group to end.
private final class StopFlag: Sendable {
    private let raised = Atomic(false)

    var isRaised: Bool { raised.load(ordering: .acquiring) }

    func raise() { raised.store(true, ordering: .releasing) }
}
