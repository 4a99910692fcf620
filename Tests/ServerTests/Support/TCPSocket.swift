import Glibc

/// A TCP connection to loopback that blocks, but never for longer than its patience.
final class TCPSocket {
    private let descriptor: Int32
    private let milliseconds: Int32
    /// Bytes that were received and not taken yet.
    private var unread: [UInt8] = []

    init(port: UInt16, patience: Duration = patience) throws {
        milliseconds = Int32(patience / .milliseconds(1))
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        descriptor = socket(AF_INET, type, 0)
        let result = unsafe LoopbackAddress.with(port) { unsafe connect(descriptor, $0, $1) }
        guard result == 0 else { throw Fault("connect to port \(port): errno \(errno)") }
    }

    deinit { close(descriptor) }

    /// Makes the end a reset, as if the machine had crashed.
    func breakOffAtEnd() {
        var option = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(
            descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    /// Sends all; a peer that no longer reads is a fault.
    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            try wait(for: POLLOUT, "the peer to read")
            let count = unsafe bytes[sent...].withUnsafeBytes { rest in
                let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
                return unsafe Glibc.send(descriptor, rest.baseAddress, rest.count, flags)
            }
            guard count >= 0 else { throw Fault("send: errno \(errno)") }
            sent += count
        }
    }

    /// Takes that many bytes.
    func take(_ count: Int) throws -> [UInt8] {
        while unread.count < count {
            guard try receive() else { throw Fault("the stream ended after \(unread.count) bytes") }
        }
        defer { unread.removeFirst(count) }
        return Array(unread.prefix(count))
    }

    /// Takes a line and its CRLF, which is not returned.
    func takeLine() throws -> String {
        while true {
            if let end = unread.firstIndex(of: 0x0A), end > 0 {
                return String(decoding: try take(end + 1).dropLast(2), as: UTF8.self)
            }
            guard try receive() else { throw Fault("the stream ended within a line") }
        }
    }

    /// Takes what comes until the peer ends the stream.
    func takeAll() throws -> [UInt8] {
        while try receive() {}
        defer { unread = [] }
        return unread
    }

    /// False at the end of the stream.
    private func receive() throws -> Bool {
        try wait(for: POLLIN, "bytes from the peer")
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = unsafe buffer.withUnsafeMutableBytes { bytes in
            unsafe recv(descriptor, bytes.baseAddress, bytes.count, 0)
        }
        guard count >= 0 else { throw Fault("recv: errno \(errno)") }
        unread += buffer.prefix(count)
        return count > 0
    }

    private func wait(for events: Int32, _ what: String) throws {
        var watched = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        let count = unsafe poll(&watched, 1, milliseconds)
        guard count > 0 else { throw Fault("waited in vain for \(what)") }
    }
}

/// 127.0.0.1 as the system calls want it.
enum LoopbackAddress {
    static func with<T>(
        _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> T
    ) -> T {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, size)
            }
        }
    }
}
