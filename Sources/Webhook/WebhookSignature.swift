package import OTPless

/// Meta's signature of a webhook: HMAC-SHA256 of the raw body under the app secret.
///
/// Source: developers.facebook.com/docs/graph-api/webhooks/getting-started, "Validating Payloads".
package struct WebhookSignature: Sendable {
    private let key: HMACKey

    /// Nil for an empty secret, under which anybody could sign.
    package init?(appSecret: Secret) {
        guard let key = HMACKey(appSecret.bytes) else { return nil }
        self.key = key
    }

    /// Whether `X-Hub-Signature-256` is `sha256=` and 64 lower-case hex digits of the body's code.
    package func verifies(_ header: ArraySlice<UInt8>?, of body: [UInt8]) -> Bool {
        let prefix = Array("sha256=".utf8)
        guard let header, header.starts(with: prefix),
            let code = Self.decodeHex(header.dropFirst(prefix.count)),
            code.count == HMACKey.codeLength
        else { return false }
        return key.verifies(code, of: body[...])
    }

    private static func decodeHex(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        guard text.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        var high: UInt8?
        for letter in text {
            guard let digit = digit(letter) else { return nil }
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return bytes
    }

    private static func digit(_ letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): letter - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): letter - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
