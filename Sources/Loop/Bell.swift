import CLinux
import Glibc

/// Wakes one sleeping thread: rings are remembered, and many of them wake it once.
public final class Bell: Sendable {
    private let descriptor: Int32

    /// A silent bell.
    ///
    /// - Throws: `SystemError` when no descriptor can be had.
    public init() throws(SystemError) {
        descriptor = try check(eventfd(0, Int32(EFD_CLOEXEC)), "eventfd")
    }

    deinit {
        close(descriptor)
    }

    /// Wakes the thread that waits, or the next that will.
    public func ring() {
        eventfd_write(descriptor, 1)
    }

    /// Sleeps until somebody rings or the time is over; tells whether somebody rang.
    public func wait(atMost time: Duration) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let milliseconds = Int32(clamping: time.wholeNanoseconds / 1_000_000)
        return unsafe poll(&entry, 1, milliseconds) == 1
    }

    /// Sleeps until somebody rings; not for loops.
    public func wait() {
        var count: eventfd_t = 0
        unsafe eventfd_read(descriptor, &count)
    }
}
