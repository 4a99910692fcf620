/// The S256 code challenge of a page: base64url of the SHA-256 of its verifier (RFC 7636 §4.2).
public struct CodeChallenge: Hashable, Sendable {
    /// 43 characters.
    public let text: String

    /// Reads what a client sent; nil unless it is 32 bytes in canonical base64url.
    public init?(_ text: String) {
        guard Base64URL.decode(text)?.count == 32 else { return nil }
        self.text = text
    }

    /// Whether a verifier is the one that was hashed (RFC 7636 §4.6), in constant time.
    public func accepts(_ verifier: String) -> Bool {
        // §4.1: 43 to 128 characters.
        guard 43...128 ~= verifier.utf8.count, let expected = Base64URL.decode(text) else {
            return false
        }
        return Digest(stored: expected).matches(verifier.utf8)
    }
}
