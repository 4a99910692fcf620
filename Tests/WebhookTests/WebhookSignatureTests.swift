import OTPless
import TestSupport
import Testing
import Webhook
import Wire

struct WebhookSignatureTests {
    private static let body = Array("{}".utf8)

    /// What the endpoint makes of these header fields.
    private func code(_ headers: [(String, String)], body: [UInt8] = Self.body) async throws
        -> Failure.Code?
    {
        let test = try await TestApp()
        do throws(Failure) {
            try await test.post(headers, body)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func `a right signature is accepted, whatever the case of the field's name`() async throws
    {
        let right = Signing.header(for: Self.body)
        #expect(try await code([("X-Hub-Signature-256", right)]) == nil)
        #expect(try await code([("x-hub-signature-256", right)]) == nil)
    }

    @Test func `a signature that is not exactly right is refused`() async throws {
        let right = Signing.header(for: Self.body)
        let hex = right.dropFirst(7)
        let wrong = [
            "", "sha256=", String(hex), "sha1=" + hex, "SHA256=" + hex,
            "sha256=" + hex.uppercased(),
            String(right.dropLast()), String(right.dropLast(2)), right + "0", right + "00",
            " " + right, right + " ", "sha256= " + hex,
            "sha256=" + String(repeating: "0", count: 64),
            "sha256=" + String(repeating: "g", count: 64), right.replacing("=", with: ":"),
            Signing.header(for: Array("{} ".utf8)),
            Signing.header(for: Self.body, secret: Secret("another")),
        ]
        for header in wrong where header != right {
            #expect(
                try await code([("X-Hub-Signature-256", header)]) == .invalidSignature, "\(header)")
        }
    }

    @Test func `a delivery without a signature is refused, an old SHA-1 one too`() async throws {
        #expect(try await code([]) == .invalidSignature)
        let sha1 = "sha1=" + String(repeating: "0", count: 40)
        #expect(try await code([("X-Hub-Signature", sha1)]) == .invalidSignature)
        let right = Signing.header(for: Self.body)
        #expect(try await code([("X-Hub-Signature", right)]) == .invalidSignature)
    }

    @Test func `the signature is checked before the body is read`() async throws {
        let garbage = Array("{".utf8)
        #expect(
            try await code([("X-Hub-Signature-256", "sha256=00")], body: garbage)
                == .invalidSignature)
        let signed = [("X-Hub-Signature-256", Signing.header(for: garbage))]
        #expect(try await code(signed, body: garbage) == .invalidJSON)
    }

    @Test func `a body of any bytes can be signed`() async throws {
        let bytes: [UInt8] = [0, 0xFF, 0xFE]
        let signed = [("X-Hub-Signature-256", Signing.header(for: bytes))]
        #expect(try await code(signed, body: bytes) == .invalidJSON)
    }

    @Test(arguments: [("", "token"), ("secret", "")])
    func `without a secret or a token there is no endpoint`(secret: String, token: String)
        async throws
    {
        var config = Config()
        config.tokens.secret = Secret(String(repeating: "s", count: 32))
        config.whatsApp.appSecret = Secret(secret)
        config.whatsApp.verifyToken = Secret(token)
        let app = try await App(
            config: config, store: SQLiteStore(path: ":memory:"), messenger: LastPromptMessenger(),
            events: LoginEvents(), log: Log())
        #expect(WebhookEndpoint(app) == nil)
    }
}
