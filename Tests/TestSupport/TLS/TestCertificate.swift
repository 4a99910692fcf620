import COpenSSL

/// A certificate with its key, made when it is asked for: no key material lies in the repository.
@safe package final class TestCertificate: @unchecked Sendable {
    package enum Kind: Sendable {
        case ecdsa, rsa
    }

    struct Fault: Error {
        let call: String
    }

    private let certificate: OpaquePointer
    private let key: OpaquePointer

    /// An RSA key takes a while: one for all.
    package static let rsa = Result { try TestCertificate(.rsa) }

    /// Signed by an issuer, or by itself; valid for so many days from now, or until some ago.
    package init(
        _ kind: Kind = .ecdsa, for names: String = "DNS:localhost,IP:127.0.0.1", days: Int = 90,
        issuer: TestCertificate? = nil, mayIssue: Bool = false
    ) throws {
        guard let key = unsafe Self.makeKey(kind), let certificate = unsafe X509_new() else {
            throw Fault(call: "EVP_PKEY_generate")
        }
        unsafe self.key = key
        unsafe self.certificate = certificate
        unsafe X509_set_version(certificate, 2)
        unsafe ASN1_INTEGER_set(
            X509_get_serialNumber(certificate), Int.random(in: 1...Int(Int32.max)))
        let day = 86_400
        unsafe X509_gmtime_adj(X509_getm_notBefore(certificate), min(0, days - 1) * day - 60)
        unsafe X509_gmtime_adj(X509_getm_notAfter(certificate), days * day - 60)
        unsafe X509_set_pubkey(certificate, key)
        let name = unsafe X509_get_subject_name(certificate)
        let text = mayIssue ? "Test CA \(Int.random(in: 1...9999))" : "localhost"
        unsafe X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text, -1, -1, 0)
        unsafe X509_set_issuer_name(
            certificate, X509_get_subject_name(issuer?.certificate ?? certificate))
        add(NID_basic_constraints, mayIssue ? "critical,CA:TRUE" : "critical,CA:FALSE")
        if !mayIssue { add(NID_subject_alt_name, names) }
        guard unsafe X509_sign(certificate, issuer?.key ?? key, EVP_sha256()) > 0 else {
            throw Fault(call: "X509_sign")
        }
    }

    deinit {
        unsafe X509_free(certificate)
        unsafe EVP_PKEY_free(key)
    }

    private static func makeKey(_ kind: Kind) -> OpaquePointer? {
        let context = unsafe EVP_PKEY_CTX_new_from_name(nil, kind == .rsa ? "RSA" : "EC", nil)
        defer { unsafe EVP_PKEY_CTX_free(context) }
        unsafe EVP_PKEY_keygen_init(context)
        if kind == .rsa {
            unsafe EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048)
        } else {
            unsafe EVP_PKEY_CTX_set_group_name(context, "P-256")
        }
        var key: OpaquePointer?
        unsafe EVP_PKEY_generate(context, &key)
        return unsafe key
    }

    private func add(_ identifier: Int32, _ value: String) {
        let one = unsafe X509V3_EXT_conf_nid(nil, nil, identifier, value)
        unsafe X509_add_ext(certificate, one, -1)
        unsafe X509_EXTENSION_free(one)
    }

    // MARK: PEM

    package var pem: [UInt8] {
        unsafe Self.write { unsafe PEM_write_bio_X509($0, certificate) }
    }

    package var keyPEM: [UInt8] {
        unsafe Self.write { unsafe PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) }
    }

    package func encryptedKeyPEM(passphrase: String) -> [UInt8] {
        let bytes = Array(passphrase.utf8)
        return unsafe Self.write { bio in
            unsafe PEM_write_bio_PrivateKey(
                bio, key, EVP_aes_128_cbc(), bytes, Int32(bytes.count), nil, nil)
        }
    }

    /// What tells one certificate from another.
    package var fingerprint: [UInt8] { unsafe Self.fingerprint(certificate) }

    static func fingerprint(_ certificate: OpaquePointer?) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        unsafe X509_digest(certificate, EVP_sha256(), &digest, nil)
        return digest
    }

    private static func write(_ body: (OpaquePointer?) -> Int32) -> [UInt8] {
        let bio = unsafe BIO_new(BIO_s_mem())
        defer { unsafe BIO_free(bio) }
        guard unsafe body(bio) == 1 else { return [] }
        var bytes = [UInt8](repeating: 0, count: 16 << 10)
        let count = unsafe BIO_read(bio, &bytes, Int32(bytes.count))
        return Array(bytes.prefix(max(0, Int(count))))
    }
}
