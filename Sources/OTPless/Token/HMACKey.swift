import COpenSSL
import Loop

/// A keyed HMAC-SHA256 (RFC 2104), set up once: each use restarts the keyed context instead of
/// hashing the key again.
///
/// Runs on: any thread; uses of one key take turns.
@safe public final class HMACKey: Sendable {
    private let context: Locked<OpaquePointer>

    /// The count of bytes of a code.
    public static let codeLength = 32

    /// Sets up a key; nil when OpenSSL has no HMAC to give, or the key is empty.
    ///
    /// An empty key is refused because it would accept what anybody signs with an empty key.
    public init?(_ key: [UInt8]) {
        guard !key.isEmpty, let keyed = unsafe Self.keyedContext(key) else { return nil }
        unsafe context = Locked(keyed)
    }

    private static func keyedContext(_ key: [UInt8]) -> sending OpaquePointer? {
        guard let mac = unsafe EVP_MAC_fetch(nil, "HMAC", nil) else { return nil }
        defer { unsafe EVP_MAC_free(mac) }
        guard let context = unsafe EVP_MAC_CTX_new(mac) else { return nil }
        let isReady = unsafe copenssl_key_hmac_sha256(context, key, key.count) == 1
        if !isReady { unsafe EVP_MAC_CTX_free(context) }
        return isReady ? unsafe context : nil
    }

    deinit {
        unsafe context.withLock { unsafe EVP_MAC_CTX_free($0) }
    }

    /// The code of a message: 32 bytes.
    public func code(of message: ArraySlice<UInt8>) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: Self.codeLength)
        let isDone = unsafe context.withLock { context in
            unsafe message.withUnsafeBufferPointer { bytes in
                var length = 0
                return unsafe EVP_MAC_init(context, nil, 0, nil) == 1
                    && EVP_MAC_update(context, bytes.baseAddress, bytes.count) == 1
                    && EVP_MAC_final(context, &code, &length, code.count) == 1
            }
        }
        // A code nobody can match, so that a fault of the library fails closed.
        return isDone ? code : Entropy.system.bytes(Self.codeLength)
    }

    /// Whether a code is this key's for the message, in constant time.
    public func verifies(_ code: [UInt8], of message: ArraySlice<UInt8>) -> Bool {
        constantTimeEqual(self.code(of: message), code)
    }
}
