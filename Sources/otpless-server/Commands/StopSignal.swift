import Glibc
import Loop

/// SIGTERM, SIGINT and perhaps SIGHUP, as something to wait for.
enum StopSignal {
    private static let signals = [SIGTERM, SIGINT]

    /// Blocks the signals for a command that waits for them; must run before the first thread starts.
    static func prepare(toWait: Bool, toReload: Bool) {
        if toWait { Signals.block(signals) }
        if toReload { Signals.block([SIGHUP]) }
        // A peer that goes away and a file that may not grow are errors of the write, not of the process.
        _ = signal(SIGPIPE, SIG_IGN)
        _ = signal(SIGXFSZ, SIG_IGN)
    }

    /// Returns when one of those that end the process comes.
    static func wait(on loop: EventLoop) async {
        for await _ in await arrivals(of: signals, on: loop) { return }
    }

    /// Whether one of those that end the process has come, for a command that looks by itself.
    static var hasCome: Bool { Signals.havePending(signals) }

    /// The signals as they come, SIGHUP among them.
    static func arrivals(on loop: EventLoop) async -> AsyncStream<Int32> {
        await arrivals(of: signals + [SIGHUP], on: loop)
    }

    private static func arrivals(
        of signals: [Int32], on loop: isolated EventLoop
    ) -> AsyncStream<Int32> {
        let (stream, continuation) = AsyncStream<Int32>.makeStream()
        _ = try? Signals.watch(signals, on: loop) { signal, _ in continuation.yield(signal) }
        return stream
    }
}
