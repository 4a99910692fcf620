import Glibc
import TestSupport

/// A TCP connection to loopback that blocks, but never for longer than its patience.
final class TCPSocket {
    private let descriptor: Int32
    private let milliseconds: Int32
    /// Bytes that were received and not taken yet.
    private var unread: [UInt8] = []

    init(port: UInt16, from host: UInt8 = 1, patience: Duration = patience) throws {
        milliseconds = Int32(patience / .milliseconds(1))
        descriptor = try Loopback.connect(to: port, from: host)
    }

    deinit { close(descriptor) }

    /// Makes the end a reset, as if the machine had crashed.
    func breakOffAtEnd() { Loopback.breakOffAtClose(descriptor) }

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
