import OTPless
import TestSupport
import Testing

/// The examples of the RFCs.
struct KeyVectorTests {
    private static let claims =
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"

    @Test func `HS256 is that of RFC 7515, appendix A_1`() throws {
        let secret =
            "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"
        let key = try #require(Base64URL.decode(secret).flatMap { HMACKey($0) })
        let input = Array("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\(Self.claims)".utf8)
        #expect(
            Base64URL.encode(key.code(of: input[...]))
                == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    }

    @Test func `ES256 is that of RFC 7515, appendix A_3, in its canonical form`() throws {
        let secret = try PEM.p256(d: "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI")
        let x = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
        let y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
        let pair = try KeyPair(pem: secret, for: .es256)
        let open = try KeyPair(pem: try PEM.p256(x: x, y: y), for: .es256)
        #expect(pair.coordinates.map { Base64URL.encode($0) } == [x, y])
        let input = Array("eyJhbGciOiJFUzI1NiJ9.\(Self.claims)".utf8)
        let signature = try #require(
            Base64URL.decode(
                "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
            ))
        for key in [pair, open] {
            // The RFC's s is above half of n: its twin is the form that is accepted here.
            #expect(!key.verifies(signature, of: input[...]))
            #expect(key.verifies(RawSignature.twin(signature), of: input[...]))
            #expect(key.verifies(pair.sign(input[...]), of: input[...]))
        }
    }

    @Test func `EdDSA is that of RFC 8037, appendix A_4`() throws {
        let secret = try PEM.ed25519(d: "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
        let pair = try KeyPair(pem: secret, for: .edDSA)
        let open = try KeyPair(pem: try PEM.ed25519(x: x), for: .edDSA)
        #expect(pair.coordinates.map { Base64URL.encode($0) } == [x])
        let input = Array("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc".utf8)
        let signature = pair.sign(input[...])
        #expect(
            Base64URL.encode(signature)
                == "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
        )
        #expect(open.verifies(signature, of: input[...]))
    }

    /// The key set's numbers keep their zeros (RFC 7518 §6.2.1.2): one key in 128 has such a number.
    @Test func `a coordinate that begins with zero has 32 bytes all the same`() throws {
        let keys = try (0..<800).lazy.map { _ in try TestKey(.p256).pem }.map {
            try KeyPair(pem: $0, for: .es256)
        }
        for key in keys {
            #expect(key.coordinates.map(\.count) == [32, 32])
            if key.coordinates.contains(where: { $0[0] == 0 }) { return }
        }
        Issue.record("none of 800 keys had such a number")
    }
}
