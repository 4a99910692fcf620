import COpenSSL

/// A SHA-256 digest (FIPS 180-4): all that is kept of a secret of 128 bits or more.
public struct Digest: Sendable {
    /// The 32 bytes.
    public let bytes: [UInt8]

    /// Hashes bytes.
    public init(of bytes: some Collection<UInt8>) {
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        let input = Array(bytes)
        let isDone = unsafe EVP_Digest(input, input.count, &digest, nil, Self.sha256, nil) == 1
        // A digest nobody can match, so that a fault of the library fails closed.
        self.bytes = isDone ? digest : Entropy.system.bytes(digest.count)
    }

    /// Looked up once: by name each time it takes longer than hashing a secret.
    ///
    /// Never changed and never freed.
    private nonisolated(unsafe) static let sha256 = unsafe EVP_MD_fetch(nil, "SHA256", nil)

    /// A digest read back from the store.
    public init(stored bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Whether a secret has this digest; takes the same time wherever they differ.
    public func matches(_ secret: some Collection<UInt8>) -> Bool {
        constantTimeEqual(Digest(of: secret).bytes, bytes)
    }
}

/// Whether two byte strings are equal, in a time that depends on their counts alone.
public func constantTimeEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return unsafe CRYPTO_memcmp(left, right, left.count) == 0
}
