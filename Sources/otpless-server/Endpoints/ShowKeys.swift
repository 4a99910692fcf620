import OTPless
import Wire

/// Answers `GET /.well-known/jwks.json`: the public keys of access tokens (RFC 7517 §5).
struct ShowKeys {
    private let access: AccessTokens

    /// How long others may keep it: a key is announced for longer than that before it signs (docs/keys.md).
    private static let maxAge = "public, max-age=300"

    init(_ app: App) {
        access = app.access
    }

    @Sendable func answer(_ request: Request) -> Reply {
        // RFC 7517 §8.5.2.
        .now(
            Response(
                status: 200, contentType: "application/jwk-set+json",
                headers: [("Cache-Control", Self.maxAge)], body: access.publicKeys))
    }
}
