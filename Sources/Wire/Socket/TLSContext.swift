import COpenSSL
import Glibc

/// A certificate with its key, and all that the server's TLS connections have in common.
///
/// TLS 1.2 and 1.3 with forward secrecy and authenticated encryption (RFC 9325), HTTP/1.1 by ALPN,
/// one chain whatever name the client asks for.
///
/// Unchecked: OpenSSL counts and locks an `SSL_CTX` itself, and nothing changes it after `init`.
@safe public final class TLSContext: @unchecked Sendable {
    let pointer: OpaquePointer
    private let tickets: TLSTickets

    /// Takes PEM: the server's certificate first, then those that lead to the root; and its key.
    ///
    /// - Throws: `TLSFault` for what is not such a chain, not its key, or weaker than OpenSSL allows.
    public convenience init(certificate: [UInt8], key: [UInt8]) throws(TLSFault) {
        try self.init(certificate, key, TLSTickets())
    }

    /// The same server with another certificate: sessions of the one before can still be resumed.
    ///
    /// - Throws: `TLSFault`, as at first.
    public func renewed(certificate: [UInt8], key: [UInt8]) throws(TLSFault) -> TLSContext {
        try TLSContext(certificate, key, tickets)
    }

    private init(
        _ certificate: [UInt8], _ key: [UInt8], _ tickets: TLSTickets
    ) throws(TLSFault) {
        guard let context = unsafe SSL_CTX_new(TLS_server_method()) else {
            throw .certificate("cannot be used: OpenSSL has no TLS")
        }
        unsafe pointer = context
        self.tickets = tickets
        guard setProtocol() else {
            throw .certificate("cannot be used: OpenSSL refuses the server's protocols")
        }
        setModes()
        unsafe tickets.serve(pointer)
        try takeCertificates(PEMReader(certificate))
        try takeKey(PEMReader(key))
        // OpenSSL's writes to a socket that is gone would raise it.
        _ = signal(SIGPIPE, SIG_IGN)
    }

    deinit {
        unsafe SSL_CTX_free(pointer)
    }

    // MARK: Policy

    /// Names of ciphers with forward secrecy and authenticated encryption: the server's order, but a
    /// client without AES in hardware, which puts ChaCha20 first, gets that.
    private static let ciphers = """
        ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:\
        ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:\
        ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305
        """

    private static let ciphersOf13 =
        "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"

    /// False where the library does not know what is asked for: its defaults may be weaker.
    private func setProtocol() -> Bool {
        unsafe copenssl_offer_http11(pointer)
        // Renegotiation and compression are attacks waiting to happen (RFC 9325 §3.3, §3.4). A peer
        // that ends TCP without close_notify has ended: HTTP and WebSocket say themselves what is
        // whole.
        unsafe SSL_CTX_set_options(
            pointer,
            copenssl_option_no_renegotiation | copenssl_option_no_compression
                | copenssl_option_server_preference | copenssl_option_prioritize_chacha
                | copenssl_option_ignore_unexpected_eof)
        return unsafe control(SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_2_VERSION)) == 1
            && SSL_CTX_set_cipher_list(pointer, Self.ciphers) == 1
            && SSL_CTX_set_ciphersuites(pointer, Self.ciphersOf13) == 1
            && copenssl_use_groups(pointer, "X25519:P-256:P-384") == 1
    }

    private func setModes() {
        // Idle connections hold no buffers; a write may be repeated from where the bytes have moved.
        control(
            SSL_CTRL_MODE,
            Int(SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE)
                | Int(SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER))
        // One record a call: a peer that sends nothing but key updates must not hold the loop.
        control(SSL_CTRL_CLEAR_MODE, Int(SSL_MODE_AUTO_RETRY))
        // Clients keep their sessions themselves, as tickets.
        control(SSL_CTRL_SET_SESS_CACHE_MODE, Int(SSL_SESS_CACHE_OFF))
    }

    @discardableResult
    private func control(_ command: Int32, _ value: Int) -> Int {
        unsafe SSL_CTX_ctrl(pointer, command, value, nil)
    }
}

// MARK: - The certificate

extension TLSContext {
    private func takeCertificates(_ file: borrowing PEMReader) throws(TLSFault) {
        guard let own = unsafe file.certificate() else {
            throw .certificate("has no certificate in PEM")
        }
        defer { unsafe X509_free(own) }
        guard unsafe SSL_CTX_use_certificate(pointer, own) == 1 else {
            throw .certificate("cannot be used: " + Self.reason)
        }
        while let next = unsafe file.certificate() {
            guard unsafe copenssl_add_to_chain(pointer, next) == 1 else {
                let reason = Self.reason
                unsafe X509_free(next)
                throw .certificate("has a chain that cannot be used: " + reason)
            }
        }
        guard file.hasEnded else { throw .certificate("has a chain that cannot be read") }
    }

    private func takeKey(_ file: borrowing PEMReader) throws(TLSFault) {
        let (key, isEncrypted) = unsafe file.privateKey()
        defer { unsafe EVP_PKEY_free(key) }
        if isEncrypted {
            throw .key("is encrypted, and there is nobody to ask for the passphrase")
        }
        guard let key = unsafe key else { throw .key("has no private key in PEM") }
        guard unsafe X509_check_private_key(SSL_CTX_get0_certificate(pointer), key) == 1 else {
            throw .key("is not the key of the certificate")
        }
        guard unsafe SSL_CTX_use_PrivateKey(pointer, key) == 1 else {
            throw .key("cannot be used: " + Self.reason)
        }
    }

    /// What OpenSSL complained of last; its texts name no secrets.
    private static var reason: String {
        let text = unsafe ERR_reason_error_string(ERR_peek_last_error())
        return unsafe text.map { unsafe String(cString: $0) } ?? "OpenSSL does not say why"
    }
}

extension TLSContext {
    /// The days until the certificate ends, begun ones not counted; negative when it has ended.
    public var daysLeft: Int {
        let (days, seconds) = unsafe Self.time(to: X509_get0_notAfter(certificate))
        return days < 0 || seconds < 0 ? min(days, -1) : days
    }

    /// Whether the certificate's time has begun.
    public var hasBegun: Bool {
        let (days, seconds) = unsafe Self.time(to: X509_get0_notBefore(certificate))
        return days <= 0 && seconds <= 0
    }

    /// Whether the certificate is for a host: a name, or an address.
    public func certifies(host: String) -> Bool {
        unsafe X509_check_host(certificate, host, 0, 0, nil) == 1
            || X509_check_ip_asc(certificate, host, 0) == 1
    }

    private var certificate: OpaquePointer? { unsafe SSL_CTX_get0_certificate(pointer) }

    private static func time(to end: UnsafePointer<ASN1_TIME>?) -> (days: Int, seconds: Int) {
        var (days, seconds): (Int32, Int32) = (0, 0)
        _ = unsafe ASN1_TIME_diff(&days, &seconds, nil, end)
        return (Int(days), Int(seconds))
    }
}
