import CLinux
import Glibc

/// Signals read from a descriptor on a loop, never handled on a random thread.
public final class Signals: Source {
    private let descriptor: Int32
    private let handle: @Sendable (Int32, isolated EventLoop) -> Void

    /// Blocks the signals for this thread and all it starts: call before the first thread.
    public static func block(_ signals: [Int32]) {
        var set = Self.set(signals)
        _ = unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Watches signals that `block` has blocked.
    ///
    /// - Throws: `SystemError` when no descriptor can be had.
    @discardableResult
    public static func watch(
        _ signals: [Int32], on loop: isolated EventLoop,
        handle: @escaping @Sendable (Int32, isolated EventLoop) -> Void
    ) throws(SystemError) -> SourceID {
        var set = Self.set(signals)
        let flags = Int32(SFD_CLOEXEC) | Int32(SFD_NONBLOCK)
        let descriptor = try check(unsafe signalfd(-1, &set, flags), "signalfd")
        let source = Signals(descriptor: descriptor, handle: handle)
        return try loop.add(source, descriptor: descriptor, interest: .readable)
    }

    /// Whether one of the signals, which `block` has blocked, has come and was not taken yet.
    public static func havePending(_ signals: [Int32]) -> Bool {
        var pending = sigset_t()
        guard unsafe sigpending(&pending) == 0 else { return false }
        return signals.contains { unsafe sigismember(&pending, $0) == 1 }
    }

    private init(
        descriptor: Int32, handle: @escaping @Sendable (Int32, isolated EventLoop) -> Void
    ) {
        self.descriptor = descriptor
        self.handle = handle
    }

    deinit {
        close(descriptor)
    }

    /// Reads one signal and passes its number on.
    public func ready(_ readiness: Readiness, on loop: isolated EventLoop) {
        var info = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        guard unsafe read(descriptor, &info, size) == size else { return }
        handle(Int32(info.ssi_signo), loop)
    }

    private static func set(_ signals: [Int32]) -> sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for signal in signals { unsafe sigaddset(&set, signal) }
        return set
    }
}
