import COpenSSL
import Loop

/// The TLS of one connection: OpenSSL reads and writes the socket itself (`SSL_set_fd`).
///
/// OpenSSL reads record by record: nothing is ever left in it that epoll does not know of, so that
/// waiting for the socket is enough.
@safe package final class TLSSession {
    enum Handshake {
        case done
        case wait
        /// The peer speaks HTTP without TLS.
        case plainHTTP
        case failed
    }

    let socket: Socket
    /// Until the handshake is done, or has failed for good.
    private(set) var isShakingHands = true
    private(set) var readsOn = Readiness.readable
    private(set) var writesOn = Readiness.writable
    private(set) var owesEnd = false
    private let ssl: OpaquePointer
    /// Has the ticket keys, which OpenSSL does not count as its own.
    private let context: TLSContext
    /// Neither end has been told, and nothing has failed: only then may `SSL_shutdown` be called.
    private var isWritable = false
    /// What comes is no longer decrypted, only thrown away.
    private var isDeaf = false

    /// How much is encrypted in one turn: other connections wait meanwhile.
    private static let budget = 256 << 10

    /// Nil when there is no memory for it.
    init?(_ context: TLSContext, _ socket: Socket) {
        guard let ssl = unsafe SSL_new(context.pointer) else { return nil }
        guard unsafe SSL_set_fd(ssl, socket.descriptor) == 1 else {
            unsafe SSL_free(ssl)
            return nil
        }
        unsafe SSL_set_accept_state(ssl)
        unsafe self.ssl = ssl
        self.socket = socket
        self.context = context
    }

    deinit {
        unsafe SSL_free(ssl)
    }

    /// Goes on with the handshake.
    func shakeHands() -> Handshake {
        switch call({ unsafe SSL_do_handshake(ssl) }) {
        case .done:
            isShakingHands = false
            isWritable = true
            readsOn = .readable
            return .done
        case .wait(let readiness):
            readsOn = readiness
            return .wait
        case .end, .failed:
            isShakingHands = false
            isDeaf = true
            readsOn = .readable
            let reason = ERR_GET_REASON(ERR_peek_error())
            return reason == SSL_R_HTTP_REQUEST ? .plainHTTP : .failed
        }
    }

    /// Reads one record, or what the buffer can hold of it.
    func receive(into buffer: inout [UInt8]) -> Socket.Transfer {
        guard !isDeaf else { return discard(into: &buffer) }
        let outcome = call {
            unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe SSL_read(ssl, bytes.baseAddress, Int32(clamping: bytes.count))
            }
        }
        readsOn = .readable
        switch outcome {
        case .done(let count): return .bytes(count)
        case .wait(let readiness):
            readsOn = readiness
            return .wait
        case .end:
            isDeaf = true
            return .end
        case .failed:
            isDeaf = true
            isWritable = false
            return .failed
        }
    }

    /// Behind the last record nothing counts but the end of the connection.
    private func discard(into buffer: inout [UInt8]) -> Socket.Transfer {
        let transfer = socket.receive(into: &buffer)
        if case .bytes = transfer { return .wait }
        return transfer
    }

    /// Encrypts and writes, record by record.
    ///
    /// What the kernel had no room for must come first in the next call: OpenSSL has encrypted it.
    func send(_ bytes: Span<UInt8>) -> Socket.Transfer {
        var sent = 0
        while sent < min(bytes.count, Self.budget) {
            switch write(bytes.extracting(sent...)) {
            case .done(let count):
                writesOn = .writable
                sent += count
            case .wait(let readiness):
                writesOn = readiness
                return sent > 0 ? .bytes(sent) : .wait
            case .end, .failed:
                isWritable = false
                return .failed
            }
        }
        return .bytes(sent)
    }

    private func write(_ bytes: Span<UInt8>) -> Outcome {
        call {
            unsafe bytes.withUnsafeBytes { bytes in
                unsafe SSL_write(ssl, bytes.baseAddress, Int32(clamping: bytes.count))
            }
        }
    }

    /// Sends close_notify (RFC 8446 §6.1), then the TCP connection's own end.
    func shutdownWrites() {
        if isWritable {
            if case .wait(let readiness) = sayGoodbye() {
                owesEnd = true
                writesOn = readiness
                return
            }
            isWritable = false
            isDeaf = true
            readsOn = .readable
        }
        owesEnd = false
        socket.shutdownWrites()
    }

    /// Lets go of the socket; without a close_notify the peer sees that something may be missing.
    func close(isOrderly: Bool) {
        if isOrderly, isWritable { _ = sayGoodbye() }
        isWritable = false
        socket.close()
    }

    private func sayGoodbye() -> Outcome {
        // 0 says that the peer's close_notify has not come yet: nobody waits for that.
        call { unsafe SSL_shutdown(ssl) < 0 ? -1 : 1 }
    }
}

extension TLSSession {
    private enum Outcome {
        case done(Int)
        case wait(Readiness)
        /// The peer has sent its last byte.
        case end
        case failed
    }

    /// Calls OpenSSL and asks what became of it.
    private func call(_ body: () -> Int32) -> Outcome {
        // The thread's queue of errors must be empty, or what another session left is taken for ours.
        ERR_clear_error()
        let result = body()
        if result > 0 { return .done(Int(result)) }
        switch unsafe SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ: return .wait(.readable)
        case SSL_ERROR_WANT_WRITE: return .wait(.writable)
        case SSL_ERROR_ZERO_RETURN: return .end
        default: return .failed
        }
    }
}
