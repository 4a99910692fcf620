import Foundation
import OTPless
import TestSupport

/// A server's key in an attacker's and a test's hands, and a token to begin with.
struct TokenForger {
    let server: LiveServer
    let algorithm: String
    /// What the server signs with; nil where that is a secret.
    let key: TestKey?
    /// The three parts of a token that the server made.
    let header: String
    let claims: String
    let signature: String

    static let kid = "2026-11"

    var token: String { "\(header).\(claims).\(signature)" }

    /// What the claims say.
    var claimsJSON: String { String(decoding: Base64URL.decode(claims) ?? [], as: UTF8.self) }

    /// What the header says.
    var headerJSON: String { String(decoding: Base64URL.decode(header) ?? [], as: UTF8.self) }

    /// The signature's bytes.
    var signatureBytes: [UInt8] { Base64URL.decode(signature) ?? [] }

    init(_ server: LiveServer, _ algorithm: String, _ key: TestKey?) throws {
        let token = try server.signedIn("16505550142").accessToken
        let parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3 else { throw Fault("not a token: \(parts.count) parts") }
        (self.server, self.algorithm, self.key) = (server, algorithm, key)
        (header, claims, signature) = (parts[0], parts[1], parts[2])
    }

    // MARK: Forging

    /// A token with a right signature of the server's key, whatever it says.
    func signed(header: String? = nil, claims: String? = nil) throws -> String {
        try signed(
            parts: header.map { Base64URL.encode($0.utf8) } ?? self.header,
            claims.map { Base64URL.encode($0.utf8) } ?? self.claims)
    }

    /// The same for parts as they go over the wire.
    func signed(parts header: String, _ claims: String) throws -> String {
        let input = Array("\(header).\(claims)".utf8)
        guard let key else {
            return Self.signed(input, secret: Array(LiveServer.jwtSecret.utf8))
        }
        let signature = key.signature(of: input)
        return "\(header).\(claims)."
            + Base64URL.encode(algorithm == "ES256" ? RawSignature.canonical(signature) : signature)
    }

    /// With HMAC-SHA256 and any secret; an empty one counts as one of a zero byte (RFC 2104 §2).
    static func signed(_ input: [UInt8], secret: [UInt8]) -> String {
        let code = HMACKey(secret.isEmpty ? [0] : secret)?.code(of: input[...]) ?? []
        return String(decoding: input, as: UTF8.self) + "." + Base64URL.encode(code)
    }

    /// The genuine header and claims with another signature.
    func token(signature: [UInt8]) -> String {
        "\(header).\(claims).\(Base64URL.encode(signature))"
    }

    // MARK: Judging

    /// Whether the server takes a token.
    func isAccepted(_ token: String) throws -> Bool {
        try server.call("GET", "/api/auth/validate", bearer: token).status == 200
    }

    /// What is wrong if a token is not refused as it must be, at both of the bearer's endpoints; nil if it is.
    func flaw(_ token: String) throws -> String? {
        for path in ["/api/auth/validate", "/api/user/me"] {
            let begin = ContinuousClock.now
            let reply = try server.call("GET", path, bearer: token)
            let isRight =
                reply.isError(401, "INVALID_TOKEN") && reply["WWW-Authenticate"] == "Bearer"
            guard isRight else { return "\(path) \(token.prefix(300)): \(reply)" }
            guard ContinuousClock.now - begin < .seconds(2) else { return "\(path) was slow" }
        }
        return nil
    }
}

/// Runs a test for a server that signs with a fresh key, and makes sure that what the test forges would
/// pass if it were right.
func withForger(
    _ algorithm: String, _ changes: [String: String] = [:], _ test: (TokenForger) throws -> Void
) async throws {
    let folder = try TemporaryFolder()
    let key = try algorithm == "HS256" ? nil : TestKey(algorithm == "ES256" ? .p256 : .ed25519)
    var settings = ["OTPLESS_JWT_ALGORITHM": algorithm]
    if let key {
        try folder.write(key.pem, to: TokenForger.kid + ".pem")
        settings["OTPLESS_JWT_SECRET"] = ""
        settings["OTPLESS_JWT_KEYS"] = folder.path
    }
    try await withServer(settings.merging(changes) { $1 }) { server in
        let forger = try TokenForger(server, algorithm, key)
        guard try forger.isAccepted(try forger.signed(claims: forger.claimsJSON)) else {
            throw Fault("a right token is refused")
        }
        try test(forger)
        guard try forger.isAccepted(forger.token) else { throw Fault("the token is refused now") }
    }
}

extension String {
    /// The text of a JSON object with one more member before the others.
    func with(first member: String) -> String { "{\(member)," + dropFirst() }

    /// The text of a JSON object with one more member behind the others.
    func with(last member: String) -> String { dropLast() + ",\(member)}" }
}
