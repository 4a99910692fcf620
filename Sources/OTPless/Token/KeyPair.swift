import COpenSSL

/// A public key and perhaps its private one, of ES256 or EdDSA, read from PEM.
///
/// Unchecked: OpenSSL counts and locks an `EVP_PKEY` itself, and nothing changes it after `init`.
/// Runs on: any thread; nobody waits for another.
@safe public final class KeyPair: @unchecked Sendable {
    /// Why a file's bytes are no key of an algorithm, as the end of a sentence; never shows what they hold.
    public struct Fault: Error, Equatable {
        /// The end of the sentence, such as "is encrypted".
        public let problem: String
    }

    /// What it signs with.
    public let algorithm: SigningAlgorithm

    /// Whether it can sign; if not, it only verifies.
    public let isPrivate: Bool

    /// The public key's coordinates: x and y of P-256, or the one of Ed25519 (RFC 7518 §6.2.1, RFC 8037 §2).
    package let coordinates: [[UInt8]]

    private let key: OpaquePointer
    /// Of ES256 alone; EdDSA hashes by itself (RFC 8032 §5.1).
    private let digest: OpaquePointer?

    /// ES256's digest, looked up once: by name each time it takes longer than hashing a token.
    ///
    /// Never changed and never freed.
    private nonisolated(unsafe) static let sha256 = unsafe EVP_MD_fetch(nil, "SHA256", nil)

    /// The count of bytes of a signature, of either algorithm.
    static let signatureLength = 64

    /// Reads the first key of a PEM text (RFC 7468) and tries it.
    public init(pem: [UInt8], for algorithm: SigningAlgorithm) throws(Fault) {
        let (key, isPrivate) = try unsafe PEMKey.read(pem)
        let found = unsafe Self.coordinates(of: key, algorithm)
        guard let found else {
            unsafe EVP_PKEY_free(key)
            throw Fault(
                problem: algorithm == .es256
                    ? "is not a key of the curve P-256, which ES256 needs"
                    : "is not an Ed25519 key, which EdDSA needs")
        }
        unsafe self.key = key
        unsafe digest = algorithm == .es256 ? Self.sha256 : nil
        self.algorithm = algorithm
        self.isPrivate = isPrivate
        coordinates = found
        // A file may hold a public key that is not the private one's.
        let sample = Array("sample".utf8)[...]
        guard !isPrivate || verifies(sign(sample), of: sample) else {
            throw Fault(problem: "is broken: it does not verify what it signs")
        }
    }

    deinit {
        unsafe EVP_PKEY_free(key)
    }

    // MARK: Signing

    /// The signature of a message: 64 bytes.
    package func sign(_ message: ArraySlice<UInt8>) -> [UInt8] {
        var signature = [UInt8](repeating: 0, count: 80)
        var count = signature.count
        let isDone = unsafe withContext { context in
            unsafe message.withUnsafeBufferPointer { bytes in
                unsafe EVP_DigestSignInit(context, nil, digest, nil, key) == 1
                    && EVP_DigestSign(context, &signature, &count, bytes.baseAddress, bytes.count)
                        == 1
            }
        }
        signature.removeLast(signature.count - min(count, signature.count))
        let raw = isDone && algorithm == .es256 ? Self.raw(signature) : signature
        // A signature that nobody can verify, so that a fault of the library fails closed.
        return isDone && raw.count == Self.signatureLength
            ? raw : Entropy.system.bytes(Self.signatureLength)
    }

    private static func raw(_ der: [UInt8]) -> [UInt8] {
        ECDSASignature(der: der)?.canonical.bytes ?? []
    }

    /// Whether a signature is this key's for the message, in its one canonical form.
    ///
    /// OpenSSL refuses r and s outside 1 to n - 1 (FIPS 186-5 §6.4.2) and Ed25519's S from L on
    /// (RFC 8032 §5.1.7).
    package func verifies(_ signature: [UInt8], of message: ArraySlice<UInt8>) -> Bool {
        guard let signature = encoded(signature) else { return false }
        return unsafe withContext { context in
            unsafe message.withUnsafeBufferPointer { bytes in
                unsafe EVP_DigestVerifyInit(context, nil, digest, nil, key) == 1
                    && EVP_DigestVerify(
                        context, signature, signature.count, bytes.baseAddress, bytes.count) == 1
            }
        }
    }

    /// A token's signature as OpenSSL takes it; nil unless it has the right form.
    private func encoded(_ signature: [UInt8]) -> [UInt8]? {
        guard algorithm == .es256 else {
            return signature.count == Self.signatureLength ? signature : nil
        }
        guard let signature = ECDSASignature(signature), signature.isCanonical else { return nil }
        return signature.der
    }

    private func withContext(_ body: (OpaquePointer) -> Bool) -> Bool {
        guard let context = unsafe EVP_MD_CTX_new() else { return false }
        defer { unsafe EVP_MD_CTX_free(context) }
        let isDone = unsafe body(context)
        // What a refused signature leaves behind would be read as a fault of the next TLS record.
        if !isDone { ERR_clear_error() }
        return isDone
    }

    // MARK: What it is

    private static func coordinates(
        of key: OpaquePointer, _ algorithm: SigningAlgorithm
    ) -> [[UInt8]]? {
        switch algorithm {
        case .es256:
            guard unsafe EVP_PKEY_is_a(key, "EC") == 1, unsafe isOfP256(key),
                let x = unsafe number(key, OSSL_PKEY_PARAM_EC_PUB_X),
                let y = unsafe number(key, OSSL_PKEY_PARAM_EC_PUB_Y)
            else { return nil }
            return [x, y]
        case .edDSA:
            var bytes = [UInt8](repeating: 0, count: 32)
            var count = bytes.count
            guard unsafe EVP_PKEY_is_a(key, "ED25519") == 1,
                unsafe EVP_PKEY_get_raw_public_key(key, &bytes, &count) == 1, count == 32
            else { return nil }
            return [bytes]
        case .hs256: return nil
        }
    }

    private static func isOfP256(_ key: OpaquePointer) -> Bool {
        var name = [CChar](repeating: 0, count: 64)
        var count = 0
        let isNamed = unsafe EVP_PKEY_get_group_name(key, &name, name.count, &count) == 1
        return isNamed && name.prefix(count).elementsEqual("prime256v1".utf8.map(CChar.init))
    }

    /// A number that the key has, in 32 bytes: leading zeros belong to it (RFC 7518 §6.2.1.2).
    private static func number(_ key: OpaquePointer, _ name: String) -> [UInt8]? {
        var number: OpaquePointer?
        guard unsafe EVP_PKEY_get_bn_param(key, name, &number) == 1 else { return nil }
        defer { unsafe BN_free(number) }
        var bytes = [UInt8](repeating: 0, count: 32)
        return unsafe BN_bn2binpad(number, &bytes, 32) == 32 ? bytes : nil
    }
}
