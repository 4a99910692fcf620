import CLinux
import Glibc
import Loop

/// A non-blocking TCP socket; whoever owns it closes it once.
package struct Socket {
    let descriptor: Int32

    package init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    enum Transfer {
        case bytes(Int)
        /// Nothing now: wait for readiness.
        case wait
        /// The peer has sent its last byte.
        case end
        /// The connection broke.
        case failed
    }

    /// Reads what is there, at most the buffer's count.
    func receive(into buffer: inout [UInt8]) -> Transfer {
        let count = unsafe buffer.withUnsafeMutableBytes { bytes in
            unsafe recv(descriptor, bytes.baseAddress, bytes.count, 0)
        }
        if count > 0 { return .bytes(count) }
        return count == 0 ? .end : Self.failure
    }

    /// Writes as much as the kernel takes; never raises SIGPIPE.
    func send(_ bytes: Span<UInt8>) -> Transfer {
        let count = unsafe bytes.withUnsafeBytes { bytes in
            unsafe Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        }
        return count >= 0 ? .bytes(count) : Self.failure
    }

    /// Says that nothing more will be written; the peer's bytes can still be read.
    func shutdownWrites() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    func close() {
        _ = Glibc.close(descriptor)
    }

    /// Closes with a reset.
    func abort() {
        resetOnClose()
        close()
    }

    /// Closing will be a reset: nothing stays with the kernel, neither unsent bytes nor TIME_WAIT.
    func resetOnClose() {
        var option = linger(l_onoff: 1, l_linger: 0)
        let size = socklen_t(MemoryLayout<linger>.size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, size)
    }

    private static var failure: Transfer {
        errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? .wait : .failed
    }
}

// MARK: Listening

extension Socket {
    /// How many bytes the kernel takes beyond what the network takes at once.
    ///
    /// Without a bound a peer that does not read fills megabytes of its memory.
    private static let kernelBacklog: Int32 = 128 << 10

    /// How many connections may wait to be accepted.
    static let acceptBacklog: Int32 = 4096

    /// A listening socket, one of several that share an address (SO_REUSEPORT); accepted sockets inherit
    /// its options.
    ///
    /// The first binds alone and shares only then: so it fails where another server listens, which
    /// would otherwise silently get half of the connections.
    static func listening(
        at address: SocketAddress, isFirst: Bool
    ) throws(SystemError) -> Socket {
        let type =
            Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
            | Int32(SOCK_CLOEXEC.rawValue)
        let socket = Socket(
            descriptor: try check(Glibc.socket(address.family, type, 0), "socket"))
        do throws(SystemError) {
            try socket.enable(SO_REUSEADDR, level: SOL_SOCKET)
            if !isFirst { try socket.enable(SO_REUSEPORT, level: SOL_SOCKET) }
            if address.family == AF_INET6 {
                try socket.enable(Int32(IPV6_V6ONLY), level: Int32(IPPROTO_IPV6))
            }
            try check(unsafe address.reading { unsafe bind(socket.descriptor, $0, $1) }, "bind")
            if isFirst { try socket.enable(SO_REUSEPORT, level: SOL_SOCKET) }
            // Replies are one write each: Nagle would only hold them back.
            try socket.enable(TCP_NODELAY, level: Int32(IPPROTO_TCP))
            try socket.set(TCP_NOTSENT_LOWAT, level: Int32(IPPROTO_TCP), to: kernelBacklog)
            try check(listen(socket.descriptor, acceptBacklog), "listen")
        } catch {
            socket.close()
            throw error
        }
        return socket
    }

    /// The address the system gave, where port 0 was asked for.
    var localAddress: SocketAddress {
        var address = SocketAddress()
        _ = unsafe address.filling { unsafe getsockname(descriptor, $0, $1) }
        return address
    }

    /// The next connection, or the `errno` that says why there is none.
    func accept() -> Result<(Socket, SocketAddress), SystemError> {
        var peer = SocketAddress()
        let flags = Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let accepted = unsafe peer.filling { unsafe clinux_accept4(descriptor, $0, $1, flags) }
        guard accepted >= 0 else { return .failure(SystemError("accept4")) }
        return .success((Socket(descriptor: accepted), peer))
    }

    private func enable(_ option: Int32, level: Int32) throws(SystemError) {
        try set(option, level: level, to: 1)
    }

    private func set(_ option: Int32, level: Int32, to value: Int32) throws(SystemError) {
        var value = value
        let size = socklen_t(MemoryLayout<Int32>.size)
        try check(unsafe setsockopt(descriptor, level, option, &value, size), "setsockopt")
    }
}
