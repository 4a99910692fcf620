/// An opaque refresh token: which family, which generation, its secret, and a code over all three.
///
/// Shape: 91 characters of base64url over 16 bytes of family, 4 of generation, 32 of secret and the
/// first 16 of an HMAC-SHA256.
public struct RefreshToken: Sendable, CustomStringConvertible {
    /// The family it belongs to.
    public let family: FamilyID

    let generation: UInt32
    let secret: [UInt8]
    private let code: [UInt8]

    private static let codeLength = 16
    private static let length = 16 + 4 + 32 + codeLength

    init(family: FamilyID, generation: UInt32, secret: [UInt8], key: HMACKey) {
        self.family = family
        self.generation = generation
        self.secret = secret
        code = Self.code(over: Self.bytes(family, generation, secret), key)
    }

    /// Reads what a client sent; nil for anything a server cannot have made.
    public init?(_ text: String) {
        guard text.utf8.count == 91, let bytes = Base64URL.decode(text),
            bytes.count == Self.length, let family = FamilyID(bytes: bytes[0..<16])
        else { return nil }
        self.family = family
        generation = bytes[16..<20].reduce(0) { $0 << 8 | UInt32($1) }
        secret = Array(bytes[20..<52])
        code = Array(bytes[52...])
    }

    /// What the client is given.
    public var text: String { Base64URL.encode(Self.bytes(family, generation, secret) + code) }

    /// Names the family and hides the rest.
    public var description: String { "refresh token of \(family)" }

    /// Whether the server that holds the key made this token.
    func hasCode(of key: HMACKey) -> Bool {
        constantTimeEqual(code, Self.code(over: Self.bytes(family, generation, secret), key))
    }

    func successor(key: HMACKey) -> RefreshToken {
        // 32 bytes here and 52 under the code: neither can stand for the other.
        RefreshToken(
            family: family, generation: generation &+ 1, secret: key.code(of: secret[...]), key: key
        )
    }

    private static func bytes(
        _ family: FamilyID, _ generation: UInt32, _ secret: [UInt8]
    ) -> [UInt8] {
        let count = (0..<4).map { UInt8(truncatingIfNeeded: generation >> UInt32(24 - 8 * $0)) }
        return family.bytes + count + secret
    }

    private static func code(over bytes: [UInt8], _ key: HMACKey) -> [UInt8] {
        Array(key.code(of: bytes[...]).prefix(codeLength))
    }
}
