import CLinux
import Glibc
import Synchronization

/// A POSIX thread that runs one closure.
public final class Thread: Sendable {
    private let handle: pthread_t
    private let isJoined = Atomic(false)

    /// Starts the thread; the name shows in debuggers (15 bytes at most).
    ///
    /// - Throws: `SystemError` when the system has no thread to give.
    public init(name: String, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
        let start = unsafe Unmanaged.passRetained(Start(body))
        var handle = pthread_t()
        let result = unsafe pthread_create(
            &handle, nil,
            { context in
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<Start>.fromOpaque(context).takeRetainedValue().body()
                return nil
            }, start.toOpaque())
        guard result == 0 else {
            unsafe start.release()
            throw SystemError("pthread_create", number: result)
        }
        self.handle = handle
        _ = unsafe clinux_set_thread_name(handle, String(name.prefix(15)))
    }

    /// Starts a thread that runs an async closure, all of it.
    ///
    /// - Throws: `SystemError` when the system has no thread or descriptor to give.
    public convenience init(
        name: String, async body: @escaping @Sendable () async -> Void
    ) throws(SystemError) {
        let executor = try ThreadExecutor()
        try self.init(name: name) { executor.run(body) }
    }

    deinit {
        if !isJoined.load(ordering: .relaxed) { pthread_detach(handle) }
    }

    /// Waits until the closure has returned; a second call returns at once.
    public func join() {
        guard !isJoined.exchange(true, ordering: .relaxed) else { return }
        pthread_join(handle, nil)
    }
}

private final class Start {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
        self.body = body
    }
}
