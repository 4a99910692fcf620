import Glibc

/// TCP sockets on 127.0.0.1; no child process inherits them.
package enum Loopback {
    /// Connects to a port; the descriptor belongs to the caller.
    ///
    /// A read or a write fails after `patience`; nil: it waits for ever. A small receive buffer makes
    /// the peer feel a client that does not read. The peer sees 127.0.0.1, or another last byte.
    package static func connect(
        to port: UInt16, from host: UInt8 = 1, patience: Duration? = nil,
        receiveBuffer: Int32? = nil
    ) throws -> Int32 {
        let descriptor = makeSocket()
        if host != 1, unsafe withAddress(0, host, { unsafe Glibc.bind(descriptor, $0, $1) }) != 0 {
            throw Fault("bind to 127.0.0.\(host): errno \(errno)")
        }
        if let receiveBuffer { set(SO_RCVBUF, receiveBuffer, of: descriptor) }
        if let (seconds, attoseconds) = patience?.components {
            let microseconds = Int(attoseconds / 1_000_000_000_000)
            let limit = timeval(tv_sec: Int(seconds), tv_usec: microseconds)
            set(SO_RCVTIMEO, limit, of: descriptor)
            set(SO_SNDTIMEO, limit, of: descriptor)
        }
        let result = unsafe withAddress(port) { unsafe Glibc.connect(descriptor, $0, $1) }
        guard result == 0 else {
            let number = errno
            close(descriptor)
            throw Fault("connect to port \(port): errno \(number)")
        }
        return descriptor
    }

    /// A socket that is neither bound nor connected.
    package static func makeSocket() -> Int32 {
        socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    }

    /// Binds a socket to a port, 0 for one that the system chooses; false with `errno` if it is taken.
    package static func bind(_ descriptor: Int32, to port: UInt16) -> Bool {
        unsafe withAddress(port) { unsafe Glibc.bind(descriptor, $0, $1) } == 0
    }

    /// Makes the end a reset, as when a phone crashes (socket(7), SO_LINGER).
    package static func breakOffAtClose(_ descriptor: Int32) {
        set(SO_LINGER, linger(l_onoff: 1, l_linger: 0), of: descriptor)
    }

    /// Sets an option of sockets.
    package static func set<Value: BitwiseCopyable>(
        _ option: Int32, _ value: Value, of descriptor: Int32
    ) {
        var value = value
        let size = socklen_t(MemoryLayout<Value>.size)
        unsafe setsockopt(descriptor, SOL_SOCKET, option, &value, size)
    }

    private static func withAddress(
        _ port: UInt16, _ host: UInt8 = 1, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = (0x7F00_0000 | UInt32(host)).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, size)
            }
        }
    }
}
