import COpenSSL

/// Reads the objects of a PEM file, one after the other (RFC 7468); what is between them is skipped.
@safe struct PEMReader: ~Copyable {
    private let bio: OpaquePointer?

    init(_ bytes: [UInt8]) {
        unsafe bio = BIO_new(BIO_s_mem())
        _ = unsafe bytes.withUnsafeBytes { unsafe BIO_write(bio, $0.baseAddress, Int32($0.count)) }
    }

    deinit {
        unsafe BIO_free(bio)
    }

    /// The next certificate, which is then the caller's; nil where there is none.
    func certificate() -> OpaquePointer? {
        ERR_clear_error()
        return unsafe PEM_read_bio_X509(bio, nil, refusePassphrase, nil)
    }

    /// Whether the last read found nothing more, rather than something that it could not read.
    var hasEnded: Bool {
        let error = ERR_peek_last_error()
        return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE
    }

    /// The next private key, which is then the caller's; nil where there is none.
    func privateKey() -> (key: OpaquePointer?, isEncrypted: Bool) {
        ERR_clear_error()
        var wasAsked = false
        let key = unsafe PEM_read_bio_PrivateKey(bio, nil, refusePassphrase, &wasAsked)
        return unsafe (key, wasAsked)
    }
}

/// Without it OpenSSL would ask for a passphrase at the terminal.
private func refusePassphrase(
    _ text: UnsafeMutablePointer<CChar>?, _ size: Int32, _ isNew: Int32,
    _ wasAsked: UnsafeMutableRawPointer?
) -> Int32 {
    unsafe wasAsked?.assumingMemoryBound(to: Bool.self).pointee = true
    return -1
}
