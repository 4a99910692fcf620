import COpenSSL

/// A key of access tokens, made when it is asked for: no key material lies in the repository.
///
/// Unchecked: OpenSSL counts and locks an `EVP_PKEY` itself, and nothing changes it after `init`.
@safe package final class TestKey: @unchecked Sendable {
    package enum Kind: CaseIterable, Sendable {
        case p256, ed25519, p384, secp256k1, ed448, x25519, rsa
    }

    package struct Fault: Error {
        let call: String
    }

    private let key: OpaquePointer
    private let kind: Kind

    package init(_ kind: Kind) throws {
        guard let key = unsafe Self.make(kind) else { throw Fault(call: "EVP_PKEY_generate") }
        unsafe self.key = key
        self.kind = kind
    }

    deinit { unsafe EVP_PKEY_free(key) }

    private static func make(_ kind: Kind) -> OpaquePointer? {
        let (type, group): (String, String?) =
            switch kind {
            case .p256: ("EC", "P-256")
            case .p384: ("EC", "P-384")
            case .secp256k1: ("EC", "secp256k1")
            case .ed25519: ("ED25519", nil)
            case .ed448: ("ED448", nil)
            case .x25519: ("X25519", nil)
            case .rsa: ("RSA", nil)
            }
        let context = unsafe EVP_PKEY_CTX_new_from_name(nil, type, nil)
        defer { unsafe EVP_PKEY_CTX_free(context) }
        unsafe EVP_PKEY_keygen_init(context)
        if let group { unsafe EVP_PKEY_CTX_set_group_name(context, group) }
        var key: OpaquePointer?
        unsafe EVP_PKEY_generate(context, &key)
        return unsafe key
    }

    // MARK: Files

    /// PKCS #8, as `openssl genpkey` writes it.
    package var pem: [UInt8] {
        unsafe Self.write { unsafe PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) }
    }

    package func encryptedPEM(passphrase: String) -> [UInt8] {
        let bytes = Array(passphrase.utf8)
        return unsafe Self.write { bio in
            unsafe PEM_write_bio_PrivateKey(
                bio, key, EVP_aes_128_cbc(), bytes, Int32(bytes.count), nil, nil)
        }
    }

    /// SEC 1, as `openssl ecparam -genkey` writes it.
    package var traditionalPEM: [UInt8] {
        unsafe Self.write { bio in
            unsafe PEM_write_bio_PrivateKey_traditional(bio, key, nil, nil, 0, nil, nil)
        }
    }

    /// As `openssl pkey -pubout` writes it.
    package var publicPEM: [UInt8] {
        unsafe Self.write { unsafe PEM_write_bio_PUBKEY($0, key) }
    }

    /// The same, not as text.
    package var publicDER: [UInt8] {
        unsafe Self.write { unsafe i2d_PUBKEY_bio($0, key) }
    }

    /// The point alone: 65 bytes of P-256, 32 of Ed25519.
    package var publicPoint: [UInt8] {
        // It is the last of the DER form.
        Array(publicDER.suffix(kind == .p256 ? 65 : 32))
    }

    private static func write(_ body: (OpaquePointer?) -> Int32) -> [UInt8] {
        let bio = unsafe BIO_new(BIO_s_mem())
        defer { unsafe BIO_free(bio) }
        guard unsafe body(bio) == 1 else { return [] }
        var bytes = [UInt8](repeating: 0, count: 16 << 10)
        let count = unsafe BIO_read(bio, &bytes, Int32(bytes.count))
        return Array(bytes.prefix(max(0, Int(count))))
    }

    // MARK: Signatures

    /// A signature as OpenSSL writes it: DER for a curve, 64 bytes for Ed25519.
    package func signature(of message: [UInt8]) -> [UInt8] {
        let context = unsafe EVP_MD_CTX_new()
        defer { unsafe EVP_MD_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: 512)
        var count = signature.count
        let digest = unsafe kind == .p256 ? EVP_sha256() : nil
        guard unsafe EVP_DigestSignInit(context, nil, digest, nil, key) == 1,
            unsafe EVP_DigestSign(context, &signature, &count, message, message.count) == 1
        else { return [] }
        return Array(signature.prefix(count))
    }

    /// Whether OpenSSL takes a signature.
    package func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        let context = unsafe EVP_MD_CTX_new()
        defer { unsafe EVP_MD_CTX_free(context) }
        let digest = unsafe kind == .p256 ? EVP_sha256() : nil
        return unsafe EVP_DigestVerifyInit(context, nil, digest, nil, key) == 1
            && EVP_DigestVerify(
                context, signature, signature.count, message, message.count) == 1
    }
}
