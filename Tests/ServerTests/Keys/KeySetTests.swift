import OTPless
import TestSupport
import Testing

/// CONTRACT section 4: `/.well-known/jwks.json`, and the keys of tokens.
@Suite(.blocking, .timeLimit(.minutes(2)))
struct KeySetTests {
    private static let path = "/.well-known/jwks.json"

    @Test(arguments: ["ES256", "EdDSA"])
    func `the key set has the public key that tokens verify with, and nothing private`(
        _ algorithm: String
    ) async throws {
        try await withForger(algorithm) { forger in
            let reply = try forger.server.call("GET", Self.path)
            #expect(reply.status == 200)
            #expect(reply.json.names == ["keys"])
            let key = try #require(reply.json["keys"].list.first)
            let isCurve = algorithm == "ES256"
            let coordinates = isCurve ? ["x", "y"] : ["x"]
            #expect(key.names == Set(["kty", "crv", "kid", "alg", "use"] + coordinates))
            #expect(key["kty"].text == (isCurve ? "EC" : "OKP"))
            #expect(key["crv"].text == (isCurve ? "P-256" : "Ed25519"))
            #expect(key["alg"].text == algorithm && key["use"].text == "sig")
            let header = try JSON(Base64URL.decode(forger.header) ?? [])
            #expect(header.names == ["alg", "kid", "typ"])
            #expect(header["kid"] == key["kid"] && key["kid"].text == TokenForger.kid)
            let point = coordinates.compactMap { key[$0].text.flatMap(Base64URL.decode) }.joined()
            let genuine = try #require(forger.key)
            #expect(Array(point) == Array(genuine.publicPoint.suffix(coordinates.count * 32)))
            let input = Array("\(forger.header).\(forger.claims)".utf8)
            if !isCurve { #expect(genuine.verifies(forger.signatureBytes, of: input)) }
        }
    }

    @Test func `the key set of HS256 is empty, for the secret is nobody's`() async throws {
        try await withServer { server in
            let reply = try server.call("GET", Self.path)
            #expect(reply.status == 200 && reply.text == #"{"keys":[]}"#)
        }
    }

    @Test func `the key set stands outside the envelope, may be kept, and has a HEAD`() async throws
    {
        try await withServer { server in
            let reply = try server.call("GET", Self.path)
            #expect(reply["Content-Type"] == "application/jwk-set+json")
            #expect(reply["Cache-Control"] == "public, max-age=300")
            #expect(reply["X-Content-Type-Options"] == "nosniff")
            let head = try server.call("HEAD", Self.path)
            #expect(head.status == 200 && head.body.isEmpty)
            #expect(head["Content-Length"] == String(reply.body.count))
            #expect(head["Content-Type"] == reply["Content-Type"])
            let refused = try server.call("POST", Self.path, "{}")
            #expect(refused.isError(405, "METHOD_NOT_ALLOWED"))
        }
    }
}
