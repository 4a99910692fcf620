import OTPless
import TestSupport
import Testing

/// Keys of RFCs, which stand there as numbers.
enum PEM {
    /// PKCS #8 and SubjectPublicKeyInfo with the numbers behind what says of which kind they are.
    static func p256(d: String) throws -> [UInt8] {
        try text(
            "3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420", d,
            label: "PRIVATE KEY")
    }

    static func p256(x: String, y: String) throws -> [UInt8] {
        try text(
            "3059301306072a8648ce3d020106082a8648ce3d03010703420004", x, y, label: "PUBLIC KEY")
    }

    static func ed25519(d: String) throws -> [UInt8] {
        try text("302e020100300506032b657004220420", d, label: "PRIVATE KEY")
    }

    static func ed25519(x: String) throws -> [UInt8] {
        try text("302a300506032b6570032100", x, label: "PUBLIC KEY")
    }

    private static func text(
        _ prefix: String, _ numbers: String..., label: String
    ) throws -> [UInt8] {
        let bytes = try numbers.map { number in try #require(Base64URL.decode(number)) }
        return text(RawSignature.bytes(prefix) + bytes.joined(), label)
    }

    /// A PEM text of these bytes.
    static func text(_ der: [UInt8], _ label: String) -> [UInt8] {
        let base64 = Base64URL.encode(der).replacing("-", with: "+").replacing("_", with: "/")
        let padded = base64 + String(repeating: "=", count: (4 - base64.count % 4) % 4)
        var lines = ["-----BEGIN \(label)-----"]
        var rest = padded[...]
        while !rest.isEmpty {
            lines.append(String(rest.prefix(64)))
            rest = rest.dropFirst(64)
        }
        return Array((lines + ["-----END \(label)-----", ""]).joined(separator: "\n").utf8)
    }
}
