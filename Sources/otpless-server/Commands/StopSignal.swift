import Glibc
import Loop

/// SIGTERM and SIGINT, as something to wait for.
enum StopSignal {
    private static let signals = [SIGTERM, SIGINT]

    /// Blocks the signals for a command that waits for them; must run before the first thread starts.
    static func prepare(toWait: Bool) {
        if toWait { Signals.block(signals) }
        // A peer that goes away and a file that may not grow are errors of the write, not of the process.
        _ = signal(SIGPIPE, SIG_IGN)
        _ = signal(SIGXFSZ, SIG_IGN)
    }

    /// Returns when one of them comes.
    static func wait(on loop: EventLoop) async {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        await watch(on: loop) { continuation.yield() }
        for await _ in stream { return }
    }

    private static func watch(
        on loop: isolated EventLoop, _ came: @escaping @Sendable () -> Void
    ) {
        _ = try? Signals.watch(signals, on: loop) { _, _ in came() }
    }
}
