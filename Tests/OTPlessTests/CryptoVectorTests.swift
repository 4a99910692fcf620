import OTPless
import Testing

struct CryptoVectorTests {
    /// RFC 4231 §4.2 to §4.8 (case 5 is of a truncated code).
    @Test(arguments: [
        (
            String(repeating: "0b", count: 20), hex("Hi There"),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            hex("Jefe"), hex("what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            String(repeating: "aa", count: 20), String(repeating: "dd", count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            "0102030405060708090a0b0c0d0e0f10111213141516171819",
            String(repeating: "cd", count: 50),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
        ),
        (
            String(repeating: "aa", count: 131),
            hex("Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        (
            String(repeating: "aa", count: 131),
            hex(
                "This is a test using a larger than block-size key and a larger than "
                    + "block-size data. The key needs to be hashed before being used by the HMAC "
                    + "algorithm."),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
        ),
    ])
    func `HMAC-SHA256 is that of RFC 4231, however often the key is used`(
        _ key: String, _ message: String, _ expected: String
    ) throws {
        let key = try #require(HMACKey(bytes(key)))
        let message = bytes(message)
        for _ in 0..<3 {
            #expect(hex(key.code(of: message[...])) == expected)
            #expect(hex(key.code(of: (message + [0])[...])) != expected)
        }
        #expect(key.verifies(bytes(expected), of: message[...]))
        #expect(!key.verifies(Array(bytes(expected).dropLast()), of: message[...]))
        #expect(!key.verifies([], of: message[...]))
    }

    @Test func `an empty message has a code, an empty key is refused`() throws {
        #expect(HMACKey([]) == nil)
        let key = try Sample.key()
        #expect(key.code(of: []) == key.code(of: []))
        #expect(key.code(of: []).count == HMACKey.codeLength)
    }

    @Test func `many threads share a key`() async throws {
        let key = try Sample.key()
        let message = [UInt8](repeating: 1, count: 300)
        let expected = key.code(of: message[...])
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<200).allSatisfy { _ in key.code(of: message[...]) == expected }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }

    /// FIPS 180-4 examples, and the empty message.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            String(repeating: "a", count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ])
    func `SHA-256 is that of FIPS 180-4`(_ message: String, _ expected: String) {
        let digest = Digest(of: message.utf8)
        #expect(hex(digest.bytes) == expected)
        #expect(digest.matches(message.utf8))
        #expect(!digest.matches((message + "a").utf8))
        #expect(!Digest(stored: []).matches(message.utf8))
    }

    @Test func `byte strings are equal only whole`() {
        #expect(constantTimeEqual([], []))
        #expect(constantTimeEqual([1, 2], [1, 2]))
        #expect(!constantTimeEqual([1, 2], [1, 3]))
        #expect(!constantTimeEqual([1, 2], [1]))
        #expect(!constantTimeEqual([], [0]))
    }

    @Test func `a secret prints as stars wherever it stands`() {
        let secret = Secret("swordfish")
        #expect("\(secret)" == "***")
        #expect(String(reflecting: secret) == "***")
        #expect("\([secret])" == "[***]")
        #expect(!"\(Config.Tokens(secret: secret))".contains("swordfish"))
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!dumped.contains("115"))
    }

    @Test func `the system's entropy gives as many bytes as asked for, and others each time`() {
        for count in [0, 1, 16, 300, 70_000] {
            #expect(Entropy.system.bytes(count).count == count)
        }
        #expect(Entropy.system.bytes(16) != Entropy.system.bytes(16))
    }
}

private func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

private func hex(_ text: String) -> String { hex(text.utf8) }

private func bytes(_ hex: String) -> [UInt8] {
    let digits = hex.compactMap { $0.hexDigitValue.map { UInt8($0) } }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

extension Config.Tokens {
    fileprivate init(secret: Secret) {
        self = Config().tokens
        self.secret = secret
    }
}
