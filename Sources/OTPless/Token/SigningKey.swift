/// A key of access tokens, and the one header that its tokens have.
public final class SigningKey: Sendable {
    private enum Material: Sendable {
        case secret(HMACKey)
        case pair(KeyPair)
    }

    /// The longest `kid`.
    public static let maxIDLength = 64

    /// Its name in tokens and in the key set: `kid`.
    public let id: String

    /// How it signs; nothing but the key says so (RFC 8725 §3.1).
    public let algorithm: SigningAlgorithm

    /// The first part of every token of this key, and its dot.
    let header: [UInt8]

    private let material: Material

    /// A key of HS256; nil when the secret is empty.
    public convenience init?(secret: Secret) {
        guard let key = HMACKey(secret.bytes) else { return nil }
        // Names the key without telling anything of it.
        let id = Base64URL.encode(key.code(of: Array("kid".utf8)[...]).prefix(9))
        self.init(id, .hs256, .secret(key))
    }

    /// A key of ES256 or EdDSA, with a clean id.
    public convenience init(id: String, _ pair: KeyPair) {
        self.init(id, pair.algorithm, .pair(pair))
    }

    private init(_ id: String, _ algorithm: SigningAlgorithm, _ material: Material) {
        self.id = id
        self.algorithm = algorithm
        self.material = material
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("alg", algorithm.rawValue)
            writer.member("kid", id)
            writer.member("typ", "JWT")
        }
        var header: [UInt8] = []
        Base64URL.append(encoded: writer.bytes, to: &header)
        self.header = header + [UInt8(ascii: ".")]
    }

    /// Letters, digits, `.`, `-` and `_`, not a `.` first, at most 64: what needs no escape in JSON, a URL
    /// or a shell.
    public static func isClean(_ id: String) -> Bool {
        1...maxIDLength ~= id.utf8.count && !id.hasPrefix(".")
            && id.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
                    UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    /// Whether it can sign; a public key can only verify.
    public var canSign: Bool {
        switch material {
        case .secret: true
        case .pair(let pair): pair.isPrivate
        }
    }

    func sign(_ message: ArraySlice<UInt8>) -> [UInt8] {
        switch material {
        case .secret(let key): key.code(of: message)
        case .pair(let pair): pair.sign(message)
        }
    }

    func verifies(_ signature: [UInt8], of message: ArraySlice<UInt8>) -> Bool {
        switch material {
        case .secret(let key): key.verifies(signature, of: message)
        case .pair(let pair): pair.verifies(signature, of: message)
        }
    }

    /// The coordinates of its public key; nil for a secret.
    var coordinates: [[UInt8]]? {
        if case .pair(let pair) = material { pair.coordinates } else { nil }
    }
}
