import CLinux
import Glibc

/// What a descriptor is ready for, or what is asked of it.
public struct Readiness: OptionSet, Sendable {
    /// The `EPOLL*` bits.
    public let rawValue: UInt32

    /// Takes `EPOLL*` bits.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// There is something to read or to accept; also set when the peer is gone.
    public static let readable = Readiness(rawValue: EPOLLIN.rawValue)

    /// There is room to write.
    public static let writable = Readiness(rawValue: EPOLLOUT.rawValue)

    /// The descriptor broke or its peer is gone: reading tells which.
    public var isBroken: Bool { rawValue & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 }
}

/// One epoll instance; level-triggered, so that one read a turn is enough.
///
/// Owned by an `EventLoop`, whose thread alone touches it.
@safe final class Poller {
    private let descriptor: Int32
    private let events: UnsafeMutableBufferPointer<epoll_event>

    init(capacity: Int = 512) throws(SystemError) {
        descriptor = try check(epoll_create1(Int32(EPOLL_CLOEXEC)), "epoll_create1")
        unsafe events = .allocate(capacity: capacity)
        unsafe events.initialize(repeating: epoll_event())
    }

    deinit {
        close(descriptor)
        unsafe events.deallocate()
    }

    func add(_ file: Int32, _ interest: Readiness, token: UInt64) throws(SystemError) {
        try control(EPOLL_CTL_ADD, file, interest, token)
    }

    func modify(_ file: Int32, _ interest: Readiness, token: UInt64) throws(SystemError) {
        try control(EPOLL_CTL_MOD, file, interest, token)
    }

    func remove(_ file: Int32) {
        epoll_ctl(descriptor, EPOLL_CTL_DEL, file, nil)
    }

    /// Waits at most that many milliseconds (-1: for ever) and returns how many events came.
    func wait(milliseconds: Int32) -> Int {
        let count = unsafe epoll_wait(
            descriptor, events.baseAddress, Int32(events.count), milliseconds)
        return max(0, Int(count))
    }

    /// The event at an index below the last `wait`'s count.
    subscript(index: Int) -> (token: UInt64, readiness: Readiness) {
        let event = unsafe events[index]
        return unsafe (event.data.u64, Readiness(rawValue: event.events))
    }

    private func control(
        _ operation: Int32, _ file: Int32, _ interest: Readiness, _ token: UInt64
    ) throws(SystemError) {
        var event = unsafe epoll_event(events: interest.rawValue, data: epoll_data_t(u64: token))
        try check(unsafe epoll_ctl(descriptor, operation, file, &event), "epoll_ctl")
    }
}
