import OTPless
import TestSupport
import Testing

/// Signatures that others take: each token has one, in one form.
@Suite(.blocking, .timeLimit(.minutes(2)))
struct SignatureAttackTests {
    private func refuses(_ signatures: [[UInt8]], by forger: TokenForger) throws {
        for signature in signatures where signature != forger.signatureBytes {
            if let flaw = try forger.flaw(forger.token(signature: signature)) {
                Issue.record("\(signature): \(flaw)")
            }
        }
    }

    @Test func `ES256's signature is r and s, not DER`() async throws {
        try await withForger("ES256") { forger in
            let key = try #require(forger.key)
            let input = Array("\(forger.header).\(forger.claims)".utf8)
            let der = key.signature(of: input)
            #expect(key.verifies(der, of: input))
            #expect(try forger.isAccepted(forger.token(signature: RawSignature.canonical(der))))
            try refuses([der, der + [0], [0] + der], by: forger)
        }
    }

    @Test func `ES256's other signature of the same message, r and n - s, is refused`() async throws
    {
        try await withForger("ES256") { forger in
            let twin = RawSignature.twin(forger.signatureBytes)
            #expect(RawSignature.twin(twin) == forger.signatureBytes)
            try refuses([twin], by: forger)
        }
    }

    @Test func `ES256 with r or s of 0, of n or above is refused`() async throws {
        try await withForger("ES256") { forger in
            let zero = [UInt8](repeating: 0, count: 32)
            let one = RawSignature.sum(zero, zero, carry: 1)
            let order = RawSignature.orderOfP256
            let numbers = [
                zero, one, order, RawSignature.sum(order, zero, carry: 1),
                [UInt8](repeating: 0xFF, count: 32), Array(forger.signatureBytes[..<32]),
                Array(forger.signatureBytes[32...]),
            ]
            for r in numbers { try refuses(numbers.map { r + $0 }, by: forger) }
            // Wycheproof: r of the signature and n, which is the same modulo n, where it fits.
            let (r, s) = (forger.signatureBytes[..<32], Array(forger.signatureBytes[32...]))
            try refuses([Array(r) + RawSignature.sum(s, order, carry: 0)], by: forger)
        }
    }

    @Test func `EdDSA with S + L, with a point of small order or of zeros is refused`() async throws
    {
        try await withForger("EdDSA") { forger in
            let zero = [UInt8](repeating: 0, count: 32)
            let identity = [1] + zero.dropLast()
            let order = Array(RawSignature.orderOfEd25519.reversed())
            let (point, s) = (
                Array(forger.signatureBytes[..<32]), Array(forger.signatureBytes[32...])
            )
            var negative = point
            negative[31] ^= 0x80
            try refuses(
                [
                    RawSignature.plusOrder(forger.signatureBytes), zero + zero, identity + zero,
                    identity + order, point + zero, point + order, zero + s, negative + s,
                    [UInt8](repeating: 0xFF, count: 64),
                    [0xEE] + [UInt8](repeating: 0xFF, count: 30) + [0x7F] + zero,
                ], by: forger)
        }
    }

    @Test(arguments: HeaderAttackTests.algorithms)
    func `a signature of another length is refused, also with zeros in front`(
        _ algorithm: String
    ) async throws {
        try await withForger(algorithm) { forger in
            let own = forger.signatureBytes
            let half = own.count / 2
            try refuses(
                [
                    [], [0], Array(own.dropLast()), Array(own.dropFirst()), Array(own[..<half]),
                    own + [0], [0] + own, own + own, [0] + own[..<half] + [0] + own[half...],
                    [UInt8](repeating: 0, count: own.count), [UInt8](repeating: 0, count: 96),
                    own + [UInt8](repeating: 0, count: 64),
                ], by: forger)
        }
    }

    @Test(arguments: HeaderAttackTests.algorithms)
    func `no bit of a signature can be another`(_ algorithm: String) async throws {
        try await withForger(algorithm) { forger in
            var wrong: [[UInt8]] = []
            for index in forger.signatureBytes.indices {
                var changed = forger.signatureBytes
                changed[index] ^= 1 << (index % 8)
                wrong.append(changed)
            }
            try refuses(wrong, by: forger)
        }
    }

    @Test(arguments: ["ES256", "EdDSA"])
    func `another key's signature is refused, of the same kind or not`(
        _ algorithm: String
    ) async throws {
        try await withForger(algorithm) { forger in
            let input = Array("\(forger.header).\(forger.claims)".utf8)
            let (curve, edwards) = (try TestKey(.p256), try TestKey(.ed25519))
            try refuses(
                [
                    RawSignature.canonical(curve.signature(of: input)),
                    edwards.signature(of: input),
                ], by: forger)
        }
    }
}
