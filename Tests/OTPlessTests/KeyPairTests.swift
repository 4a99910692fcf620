import OTPless
import TestSupport
import Testing

/// Keys in PEM, and the one form that a signature may have.
struct KeyPairTests {
    private static let message = Array("eyJ.eyJ".utf8)
    private static let kinds: [(TestKey.Kind, SigningAlgorithm)] = [
        (.p256, .es256), (.ed25519, .edDSA),
    ]

    @Test(arguments: kinds)
    func `what a key signs OpenSSL verifies, and the other way round`(
        _ kind: TestKey.Kind, _ algorithm: SigningAlgorithm
    ) throws {
        let key = try TestKey(kind)
        let pair = try KeyPair(pem: key.pem, for: algorithm)
        #expect(pair.isPrivate)
        for number in 0..<64 {
            let message = Self.message + [UInt8(number)]
            let own = pair.sign(message[...])
            #expect(own.count == 64)
            #expect(pair.verifies(own, of: message[...]))
            #expect(!pair.verifies(own, of: Self.message[...]))
            let theirs = key.signature(of: message)
            if kind == .ed25519 {
                #expect(own == theirs)
            } else {
                // One of the two that ECDSA allows is ours.
                let raw = RawSignature.raw(theirs)
                let forms = [raw, RawSignature.twin(raw)]
                #expect(forms.count { pair.verifies($0, of: message[...]) } == 1)
                #expect(!pair.verifies(RawSignature.twin(own), of: message[...]))
            }
        }
    }

    @Test(arguments: kinds)
    func `a public key verifies and does not sign`(
        _ kind: TestKey.Kind, _ algorithm: SigningAlgorithm
    ) throws {
        let key = try TestKey(kind)
        let pair = try KeyPair(pem: key.pem, for: algorithm)
        let open = try KeyPair(pem: key.publicPEM, for: algorithm)
        #expect(!open.isPrivate)
        #expect(open.coordinates == pair.coordinates)
        #expect(
            pair.coordinates.joined().elementsEqual(
                key.publicPoint.suffix(pair.coordinates.count * 32)))
        #expect(open.verifies(pair.sign(Self.message[...]), of: Self.message[...]))
        #expect(!open.verifies(open.sign(Self.message[...]), of: Self.message[...]))
    }

    @Test(arguments: kinds)
    func `a signature of another length, of zeros or with any bit changed is refused`(
        _ kind: TestKey.Kind, _ algorithm: SigningAlgorithm
    ) throws {
        let pair = try KeyPair(pem: try TestKey(kind).pem, for: algorithm)
        let own = pair.sign(Self.message[...])
        for count in 0..<64 {
            #expect(!pair.verifies(Array(own[..<count]), of: Self.message[...]))
            #expect(!pair.verifies([UInt8](repeating: 0, count: count * 2), of: Self.message[...]))
        }
        for extra in [[0], [0, 0], own] as [[UInt8]] {
            #expect(!pair.verifies(own + extra, of: Self.message[...]))
            #expect(!pair.verifies(extra + own, of: Self.message[...]))
        }
        for bit in 0..<512 {
            var changed = own
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(!pair.verifies(changed, of: Self.message[...]))
        }
    }

    @Test func `ES256 takes no r or s outside of 1 to n - 1, and no s above half of n`() throws {
        let pair = try KeyPair(pem: try TestKey(.p256).pem, for: .es256)
        let own = pair.sign(Self.message[...])
        let order = RawSignature.orderOfP256
        let (zero, one) = (
            [UInt8](repeating: 0, count: 32),
            RawSignature.sum(
                [UInt8](repeating: 0, count: 32), [UInt8](repeating: 0, count: 32), carry: 1)
        )
        let wrong = [
            zero, one, order, RawSignature.sum(order, one, carry: 0),
            [UInt8](repeating: 0xFF, count: 32),
        ]
        for r in wrong + [Array(own[..<32])] {
            for s in wrong { #expect(!pair.verifies(r + s, of: Self.message[...])) }
            for s in [Array(own[32...])] where r != Array(own[..<32]) {
                #expect(!pair.verifies(r + s, of: Self.message[...]))
            }
        }
    }

    @Test func `Ed25519 takes no S from L on, and no point of small order`() throws {
        let pair = try KeyPair(pem: try TestKey(.ed25519).pem, for: .edDSA)
        let own = pair.sign(Self.message[...])
        #expect(!pair.verifies(RawSignature.plusOrder(own), of: Self.message[...]))
        let zero = [UInt8](repeating: 0, count: 32)
        for point in [
            zero, [1] + zero.dropLast(), [0xEC] + [UInt8](repeating: 0xFF, count: 30) + [0x7F],
        ] {
            for s in [zero, Array(RawSignature.orderOfEd25519.reversed())] {
                #expect(!pair.verifies(point + s, of: Self.message[...]))
            }
        }
    }

    @Test(arguments: TestKey.Kind.allCases)
    func `a key is of its algorithm alone`(_ kind: TestKey.Kind) throws {
        let key = try TestKey(kind)
        for algorithm in SigningAlgorithm.allCases
        where !Self.kinds.contains(where: { $0 == (kind, algorithm) }) {
            for pem in [key.pem, key.publicPEM] {
                let fault = #expect(throws: KeyPair.Fault.self) {
                    try KeyPair(pem: pem, for: algorithm)
                }
                #expect(fault?.problem.hasPrefix("is not a") == true)
            }
        }
    }

    @Test func `an encrypted key, a certificate, a cut one and what is none are refused`() throws {
        let key = try TestKey(.p256)
        let encrypted = key.encryptedPEM(passphrase: "hidden")
        #expect(Self.problem(encrypted)?.hasPrefix("is encrypted") == true)
        let pem = String(decoding: key.pem, as: UTF8.self)
        let certificate = try TestCertificate().pem
        for bytes in [
            [], [0], Array(pem.utf8.prefix(100)), certificate, key.publicDER,
            Array(pem.replacing("M", with: "A").utf8), [UInt8](repeating: 45, count: 60_000),
        ] {
            #expect(Self.problem(bytes) == "has no key in PEM")
        }
    }

    @Test func `the forms in which openssl writes P-256 are read`() throws {
        let key = try TestKey(.p256)
        let message = Self.message
        for pem in [
            key.pem, key.traditionalPEM, Array("some text\n".utf8) + key.pem + key.publicPEM,
        ] {
            let pair = try KeyPair(pem: pem, for: .es256)
            #expect(pair.isPrivate && pair.verifies(pair.sign(message[...]), of: message[...]))
        }
    }

    @Test func `a private key with another's public one is refused`() throws {
        let (key, other) = (try TestKey(.p256), try TestKey(.p256))
        let text = String(decoding: key.traditionalPEM, as: UTF8.self)
        let body = text.split(separator: "\n").filter { !$0.hasPrefix("-") }.joined()
        var der = try #require(
            Base64URL.decode(
                body.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")))
        der.replaceSubrange((der.count - 65)..., with: other.publicPoint)
        #expect(Self.problem(PEM.text(der, "EC PRIVATE KEY"))?.hasPrefix("is broken") == true)
    }

    private static func problem(_ pem: [UInt8]) -> String? {
        do throws(KeyPair.Fault) {
            _ = try KeyPair(pem: pem, for: .es256)
            return nil
        } catch {
            return error.problem
        }
    }
}
