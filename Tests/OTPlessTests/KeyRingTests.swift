import OTPless
import TestSupport
import Testing

/// Several keys of access tokens, and what becomes of tokens when they change.
struct KeyRingTests {
    private static let now = Timestamp(seconds: 1_800_000_000)
    private static let settings = AccessTokens.Settings(
        issuer: "https://login.example.com", audience: "app", lifetime: .seconds(900))
    private let family = FamilyID.make(at: now, .system)

    private static func key(_ id: String, _ kind: TestKey.Kind = .p256) throws -> SigningKey {
        let algorithm: SigningAlgorithm = kind == .p256 ? .es256 : .edDSA
        return SigningKey(id: id, try KeyPair(pem: try TestKey(kind).pem, for: algorithm))
    }

    private static func publicKey(_ id: String, of key: TestKey) throws -> SigningKey {
        SigningKey(id: id, try KeyPair(pem: key.publicPEM, for: .es256))
    }

    private func issue(_ tokens: AccessTokens) throws -> [UInt8] {
        Array(
            tokens.issue(for: try Sample.user(), family: family, at: Self.now, .system).utf8)
    }

    private func verifies(_ tokens: AccessTokens, _ token: [UInt8]) -> Bool {
        tokens.verify(token[...], at: Self.now)?.family == family
    }

    @Test func `of the private keys the last by name signs, byte by byte`() throws {
        let keys = try ["b", "a-1", "a", "B", "a.1"].map { try Self.key($0) }
        #expect(try KeyRing(keys).ids == ["B", "a", "a-1", "a.1", "b"])
        #expect(try KeyRing(keys).signing.id == "b")
        let announced = try Self.publicKey("c", of: try TestKey(.p256))
        #expect(try KeyRing(keys + [announced]).signing.id == "b")
        #expect(throws: KeyRing.Fault.noneSigns) { try KeyRing([announced]) }
        #expect(throws: KeyRing.Fault.noneSigns) { try KeyRing([]) }
    }

    @Test func `one key under two names is refused`() throws {
        let key = try TestKey(.p256)
        let one = SigningKey(id: "a", try KeyPair(pem: key.pem, for: .es256))
        #expect(throws: KeyRing.Fault.same("a", "b")) {
            try KeyRing([one, try Self.publicKey("b", of: key)])
        }
    }

    @Test(arguments: [TestKey.Kind.p256, .ed25519])
    func `each key's tokens verify, and new ones are of the signing key`(
        _ kind: TestKey.Kind
    ) throws {
        let (old, new, other) = (
            try Self.key("1", kind), try Self.key("2", kind), try Self.key("1", kind)
        )
        let tokens = AccessTokens(keys: try KeyRing([old]), settings: Self.settings)
        let first = try issue(tokens)
        tokens.replaceKeys(try KeyRing([old, new]))
        let second = try issue(tokens)
        #expect(verifies(tokens, first) && verifies(tokens, second))
        let header = try #require(Base64URL.decode(second.prefix { $0 != UInt8(ascii: ".") }))
        let algorithm = kind == .p256 ? "ES256" : "EdDSA"
        #expect(
            String(decoding: header, as: UTF8.self)
                == #"{"alg":"\#(algorithm)","kid":"2","typ":"JWT"}"#)
        // Another key with the name of the first, under which its token has just been verified.
        tokens.replaceKeys(try KeyRing([other, new]))
        #expect(!verifies(tokens, first) && verifies(tokens, second))
    }

    @Test func `a key that is gone verifies nothing, although its token was verified before`()
        throws
    {
        let (old, new) = (try Self.key("1"), try Self.key("2"))
        let tokens = AccessTokens(keys: try KeyRing([old]), settings: Self.settings)
        let token = try issue(tokens)
        #expect(verifies(tokens, token) && verifies(tokens, token))
        tokens.replaceKeys(try KeyRing([new]))
        #expect(!verifies(tokens, token))
        tokens.replaceKeys(try KeyRing([old]))
        #expect(verifies(tokens, token))
    }

    @Test func `the key set has every public key and nothing else of it`() throws {
        let (p256, ed25519) = (try TestKey(.p256), try TestKey(.ed25519))
        for (key, algorithm) in [(p256, SigningAlgorithm.es256), (ed25519, .edDSA)] {
            let ring = try KeyRing([SigningKey(id: "k", try KeyPair(pem: key.pem, for: algorithm))])
            let point = key.publicPoint
            let members =
                algorithm == .es256
                ? #""kty":"EC","crv":"P-256","x":"\#(Base64URL.encode(point[1..<33]))","y":"\#(Base64URL.encode(point[33...]))""#
                : #""kty":"OKP","crv":"Ed25519","x":"\#(Base64URL.encode(point))""#
            #expect(
                String(decoding: ring.publicKeys, as: UTF8.self)
                    == #"{"keys":[{\#(members),"kid":"k","alg":"\#(algorithm.rawValue)","use":"sig"}]}"#
            )
        }
        let secret = try #require(KeyRing(secret: Secret("0123456789abcdef0123456789abcdef")))
        #expect(String(decoding: secret.publicKeys, as: UTF8.self) == #"{"keys":[]}"#)
    }

    @Test(arguments: ["a", "2026-11", "A.b_c-9", String(repeating: "k", count: 64)])
    func `a clean name is a kid`(_ id: String) { #expect(SigningKey.isClean(id)) }

    @Test(arguments: [
        "", ".", "..", ".a", "a b", "a/b", "a\\b", "a\"b", "ä", "a\n", "a\u{0}", "a%", "a:b", "a'",
        String(repeating: "k", count: 65),
    ])
    func `any other name is none`(_ id: String) { #expect(!SigningKey.isClean(id)) }

    @Test func `a token is never too long for its own issuer, whatever its key`() throws {
        let settings = AccessTokens.Settings(
            issuer: String(repeating: "\"", count: 256),
            audience: String(repeating: "\\", count: 256),
            lifetime: .seconds(900))
        let ring = try KeyRing([try Self.key(String(repeating: "k", count: 64))])
        let tokens = AccessTokens(keys: ring, settings: settings)
        let name = String(repeating: "\u{1F600}", count: 100)
        let user = User(
            id: .make(at: Self.now, .system), phone: try Sample.phone("123456789012345"),
            name: name,
            createdAt: Self.now)
        let token = tokens.issue(for: user, family: family, at: Self.now, .system)
        #expect(verifies(tokens, Array(token.utf8)))
    }
}
