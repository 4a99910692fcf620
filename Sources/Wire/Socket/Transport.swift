import Loop

/// How a connection's bytes travel: as they are, or through TLS.
///
/// As large as a reference: a plain connection pays nothing for what it does not use.
package enum Transport {
    case plain(Socket)
    case tls(TLSSession)

    /// What is left of a connection that has ended.
    static var gone: Transport { .plain(Socket(descriptor: -1)) }

    /// Takes an accepted socket over; closes it if OpenSSL has no memory for it.
    static func over(_ socket: Socket, _ context: TLSContext?) -> Transport {
        guard let context else { return .plain(socket) }
        if let session = TLSSession(context, socket) { return .tls(session) }
        socket.close()
        return .gone
    }

    var socket: Socket {
        switch self {
        case .plain(let socket): socket
        case .tls(let session): session.socket
        }
    }

    /// Whether TLS has to come first, before any byte of HTTP.
    var isShakingHands: Bool {
        if case .tls(let session) = self { session.isShakingHands } else { false }
    }

    /// What reading has to wait for: TLS may have to write before it can read on.
    var readsOn: Readiness {
        if case .tls(let session) = self { session.readsOn } else { .readable }
    }

    /// What writing has to wait for: TLS may have to read before it can write on.
    var writesOn: Readiness {
        if case .tls(let session) = self { session.writesOn } else { .writable }
    }

    /// Whether the end that `shutdownWrites` tells has found no room yet.
    var owesEnd: Bool {
        if case .tls(let session) = self { session.owesEnd } else { false }
    }

    /// Reads what is there, at most the buffer's count.
    func receive(into buffer: inout [UInt8]) -> Socket.Transfer {
        switch self {
        case .plain(let socket): socket.receive(into: &buffer)
        case .tls(let session): session.receive(into: &buffer)
        }
    }

    /// Writes as much as the kernel takes, or as is fair to other connections.
    func send(_ bytes: Span<UInt8>) -> Socket.Transfer {
        switch self {
        case .plain(let socket): socket.send(bytes)
        case .tls(let session): session.send(bytes)
        }
    }

    /// Says that nothing more will be written; the peer's bytes can still be read.
    func shutdownWrites() {
        switch self {
        case .plain(let socket): socket.shutdownWrites()
        case .tls(let session): session.shutdownWrites()
        }
    }

    /// Lets go of the connection; `isOrderly` where the peer has been sent all that it was to get.
    func close(isOrderly: Bool) {
        switch self {
        case .plain(let socket): socket.close()
        case .tls(let session): session.close(isOrderly: isOrderly)
        }
    }
}
