/// How access tokens are signed: `alg` (RFC 7518 §3.1, RFC 8037 §3.1).
public enum SigningAlgorithm: String, CaseIterable, Sendable {
    /// HMAC with SHA-256: one secret signs and verifies.
    case hs256 = "HS256"

    /// ECDSA on P-256 with SHA-256.
    case es256 = "ES256"

    /// Ed25519.
    case edDSA = "EdDSA"
}
