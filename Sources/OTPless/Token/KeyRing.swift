/// The keys of access tokens: one signs, all of them verify.
public final class KeyRing: Sendable {
    /// Why keys do not make a ring.
    public enum Fault: Error, Equatable {
        /// None of them can sign.
        case noneSigns

        /// Two names for one key.
        case same(String, String)
    }

    /// The key that new tokens are signed with.
    public let signing: SigningKey

    /// The keys' ids, in their order.
    public var ids: [String] { keys.map(\.id) }

    private let keys: [SigningKey]

    /// The one key of HS256; nil when the secret is empty.
    public init?(secret: Secret) {
        guard let key = SigningKey(secret: secret) else { return nil }
        signing = key
        keys = [key]
    }

    /// The keys of ES256 or EdDSA: of those that can sign the last by name does, byte by byte.
    public init(_ keys: [SigningKey]) throws(Fault) {
        self.keys = keys.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
        guard let last = self.keys.last(where: \.canSign) else { throw .noneSigns }
        signing = last
        for (index, key) in self.keys.enumerated() {
            let other = self.keys[..<index].first { $0.coordinates == key.coordinates }
            if let other { throw .same(other.id, key.id) }
        }
    }

    /// The key whose header a token has, byte by byte; nothing of a header is ever decoded.
    func key(of token: ArraySlice<UInt8>) -> SigningKey? {
        keys.first { token.starts(with: $0.header) }
    }

    /// The public keys as a JWK Set (RFC 7517 §5); a secret is in none.
    public var publicKeys: [UInt8] {
        var writer = JSONWriter(reserving: 256 * keys.count)
        writer.object { writer in
            writer.objects("keys", keys.filter { $0.coordinates != nil }) { key, writer in
                let coordinates = (key.coordinates ?? []).map { Base64URL.encode($0) }
                let isOfCurve = key.algorithm == .es256
                writer.member("kty", isOfCurve ? "EC" : "OKP")
                writer.member("crv", isOfCurve ? "P-256" : "Ed25519")
                for (name, value) in zip(["x", "y"], coordinates) { writer.member(name, value) }
                writer.member("kid", key.id)
                writer.member("alg", key.algorithm.rawValue)
                writer.member("use", "sig")
            }
        }
        return writer.bytes
    }
}
