import COpenSSL
import Glibc

/// A TLS client of one connection to loopback: blocks, but never for longer than 30 s a call.
@safe package final class TLSClient {
    package struct Options {
        /// `TLS1_2_VERSION` and its like; nil: what OpenSSL has.
        package var version: Version?
        /// TLS 1.2 ciphers by OpenSSL's names.
        package var ciphers: String?
        /// TLS 1.3 suites.
        package var suites: String?
        /// What ALPN offers.
        package var protocols: [String] = []
        /// A session of another connection.
        package var resuming: Resumption?
        /// A small one makes the server feel a client that does not read.
        package var receiveBuffer: Int32?
        /// In PEM: the only root that is trusted.
        package var root: [UInt8]?

        package init() {}

        package static func with(_ change: (inout Options) -> Void) -> Options {
            var options = Options()
            change(&options)
            return options
        }
    }

    package enum Version: Sendable {
        case tls11, tls12, tls13

        var number: Int {
            switch self {
            case .tls11: Int(TLS1_1_VERSION)
            case .tls12: Int(TLS1_2_VERSION)
            case .tls13: Int(TLS1_3_VERSION)
            }
        }
    }

    package enum Fault: Error, Equatable {
        /// The server's alert (RFC 8446 §6).
        case alert(Int)
        case timeout
        case other(String)
        case endedEarly
    }

    /// A session that another connection may resume.
    @safe package final class Resumption {
        fileprivate let session: OpaquePointer?

        fileprivate init(_ session: OpaquePointer?) { unsafe self.session = session }

        deinit { unsafe SSL_SESSION_free(session) }
    }

    private let descriptor: Int32
    private let context: OpaquePointer?
    private let ssl: OpaquePointer?
    private var unread: [UInt8] = []
    private var isOpen = true

    /// Connects to a port and shakes hands.
    package convenience init(port: UInt16, _ options: Options = Options()) throws {
        let descriptor = try Loopback.connect(
            to: port, patience: .seconds(30), receiveBuffer: options.receiveBuffer)
        try self.init(descriptor: descriptor, options)
    }

    /// Shakes hands over a connection, which it takes over.
    package init(descriptor: Int32, _ options: Options = Options()) throws {
        _ = signal(SIGPIPE, SIG_IGN)
        self.descriptor = descriptor
        unsafe context = SSL_CTX_new(TLS_client_method())
        unsafe ssl = Self.makeSession(context, options)
        unsafe SSL_set_fd(ssl, descriptor)
        try check(unsafe SSL_connect(ssl))
    }

    deinit {
        // Without it OpenSSL takes the end for an attack, and the session for one never to be resumed.
        unsafe SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN)
        unsafe SSL_free(ssl)
        unsafe SSL_CTX_free(context)
        if isOpen { close(descriptor) }
    }

    private static func makeSession(
        _ context: OpaquePointer?, _ options: Options
    ) -> OpaquePointer? {
        // What the server must refuse has to be offered first.
        unsafe SSL_CTX_set_security_level(context, 0)
        if let version = options.version?.number {
            unsafe SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, version, nil)
            unsafe SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_PROTO_VERSION, version, nil)
        }
        if let ciphers = options.ciphers { unsafe SSL_CTX_set_cipher_list(context, ciphers) }
        if let suites = options.suites { unsafe SSL_CTX_set_ciphersuites(context, suites) }
        let protocols = options.protocols.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
        if !protocols.isEmpty {
            unsafe SSL_CTX_set_alpn_protos(context, protocols, UInt32(protocols.count))
        }
        if let root = options.root { unsafe trust(root, context) }
        let ssl = unsafe SSL_new(context)
        if let session = options.resuming { unsafe SSL_set_session(ssl, session.session) }
        return unsafe ssl
    }

    private static func trust(_ root: [UInt8], _ context: OpaquePointer?) {
        let bio = unsafe BIO_new_mem_buf(root, Int32(root.count))
        let certificate = unsafe PEM_read_bio_X509(bio, nil, nil, nil)
        unsafe X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate)
        unsafe X509_free(certificate)
        unsafe BIO_free(bio)
        unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
    }

    @discardableResult
    private func check(_ result: Int32) throws -> Int {
        if result > 0 { return Int(result) }
        let kind = unsafe SSL_get_error(ssl, result)
        let error = ERR_get_error()
        ERR_clear_error()
        if kind == SSL_ERROR_ZERO_RETURN { return 0 }
        if kind == SSL_ERROR_WANT_READ || kind == SSL_ERROR_WANT_WRITE { throw Fault.timeout }
        let reason = Int(ERR_GET_REASON(error))
        if reason > SSL_AD_REASON_OFFSET { throw Fault.alert(reason - Int(SSL_AD_REASON_OFFSET)) }
        let text = unsafe ERR_reason_error_string(error).map { unsafe String(cString: $0) }
        throw Fault.other(text ?? "errno \(errno)")
    }

    // MARK: What was agreed

    package var version: String { unsafe String(cString: SSL_get_version(ssl)) }

    package var cipher: String {
        unsafe String(cString: SSL_CIPHER_get_name(SSL_get_current_cipher(ssl)))
    }

    /// What ALPN chose.
    package var chosenProtocol: String? {
        var (name, length): (UnsafePointer<UInt8>?, UInt32) = (nil, 0)
        unsafe SSL_get0_alpn_selected(ssl, &name, &length)
        let bytes = unsafe UnsafeBufferPointer(start: name, count: Int(length))
        return length == 0 ? nil : unsafe String(decoding: bytes, as: UTF8.self)
    }

    package var isResumed: Bool { unsafe SSL_session_reused(ssl) == 1 }

    package var fingerprint: [UInt8] {
        unsafe TestCertificate.fingerprint(SSL_get0_peer_certificate(ssl))
    }

    /// What the next connection may resume; with TLS 1.3 it comes with the first bytes that are read.
    package var resumption: Resumption { unsafe Resumption(SSL_get1_session(ssl)) }

    /// Whether the server said that nothing more comes.
    package var sawCloseNotify: Bool { unsafe SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN != 0 }

    // MARK: Bytes

    package func send(_ text: String) throws { try send(Array(text.utf8)) }

    package func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe SSL_write(ssl, $0.baseAddress, Int32($0.count))
            }
            rest = rest.dropFirst(try check(count))
        }
    }

    /// The next bytes; none at the end.
    package func receive() throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 16 << 10)
        let count = try check(unsafe SSL_read(ssl, &bytes, Int32(bytes.count)))
        return Array(bytes.prefix(count))
    }

    package func take(_ count: Int) throws -> [UInt8] {
        while unread.count < count {
            let bytes = try receive()
            guard !bytes.isEmpty else { throw Fault.endedEarly }
            unread += bytes
        }
        defer { unread.removeFirst(count) }
        return Array(unread.prefix(count))
    }

    /// Takes what comes up to and with this text.
    package func take(upTo text: String) throws -> String {
        var taken: [UInt8] = []
        while !taken.suffix(text.utf8.count).elementsEqual(text.utf8) { taken += try take(1) }
        return String(decoding: taken, as: UTF8.self)
    }

    /// Takes what comes until the server ends.
    package func rest() throws -> [UInt8] {
        while case let bytes = try receive(), !bytes.isEmpty { unread += bytes }
        defer { unread = [] }
        return unread
    }

    // MARK: Rarer things

    /// Says close_notify, and still listens.
    package func finishSending() { unsafe SSL_shutdown(ssl) }

    /// Ends the TCP stream without a word of TLS, and still listens.
    package func finishSendingRudely() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Breaks the connection off, as a crashed phone does.
    package func reset() {
        Loopback.breakOffAtClose(descriptor)
        close(descriptor)
        isOpen = false
    }

    /// Asks for another handshake (TLS 1.2).
    package func renegotiate() throws {
        unsafe SSL_renegotiate(ssl)
        try check(unsafe SSL_do_handshake(ssl))
        // The server's refusal is read with the next bytes.
        _ = try receive()
    }

    /// Renews this side's keys and asks the server to do the same (RFC 8446 §4.6.3).
    package func updateKeys() throws {
        unsafe SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED)
        try check(unsafe SSL_do_handshake(ssl))
    }
}
