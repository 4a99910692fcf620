import COpenSSL

/// Reads the key of a PEM text (RFC 7468).
enum PEMKey {
    /// The first private key, or else the first public one; the caller frees it.
    static func read(_ pem: [UInt8]) throws(KeyPair.Fault) -> (key: OpaquePointer, isPrivate: Bool)
    {
        var wasAsked = false
        let secret = unsafe read(pem) { bio in
            unsafe PEM_read_bio_PrivateKey(bio, nil, refusePassphrase, &wasAsked)
        }
        if let secret = unsafe secret { return unsafe (secret, true) }
        if wasAsked {
            throw KeyPair.Fault(problem: "is encrypted; the server cannot ask for its passphrase")
        }
        let open = unsafe read(pem) { bio in unsafe PEM_read_bio_PUBKEY(bio, nil, nil, nil) }
        guard let open = unsafe open else { throw KeyPair.Fault(problem: "has no key in PEM") }
        return unsafe (open, false)
    }

    private static func read(
        _ pem: [UInt8], _ body: (OpaquePointer?) -> OpaquePointer?
    ) -> OpaquePointer? {
        let bio = unsafe BIO_new(BIO_s_mem())
        defer {
            unsafe BIO_free(bio)
            ERR_clear_error()
        }
        let count = unsafe BIO_write(bio, pem, Int32(pem.count))
        return count == pem.count ? unsafe body(bio) : nil
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
