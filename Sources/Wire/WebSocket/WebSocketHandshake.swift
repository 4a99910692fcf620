import COpenSSL

/// The server's side of the opening handshake: decides on a request, computes the answer's key.
///
/// No extension and no subprotocol is ever negotiated: a channel that carries secrets is not
/// compressed. The `Host` field is the HTTP parser's matter.
///
/// Source: RFC 6455 section 4.2.
public enum WebSocketHandshake {
    /// What a request for a WebSocket deserves.
    public enum Outcome: Sendable {
        /// 101 with this value as `Sec-WebSocket-Accept` (RFC 6455 section 4.2.2).
        case accept(String)
        /// 426 with `Upgrade: websocket`: the request asks for no upgrade (RFC 9110 section 15.5.22).
        case upgradeRequired
        /// 426 with `Sec-WebSocket-Version: 13` (RFC 6455 section 4.4).
        case wrongVersion
        /// 400; the reason is a constant, fit for the log and the client.
        case malformed(StaticString)
    }

    /// Decides on a request by the rules of RFC 6455 section 4.2.1.
    ///
    /// - Parameters:
    ///   - method: the request's method, case-sensitive.
    ///   - minorVersion: x of `HTTP/1.x`.
    ///   - field: all values of a header field, a value a field line, in their order, without the
    ///     whitespace around them.
    public static func check(
        method: String, minorVersion: Int, field: (_ name: StaticString) -> [String]
    ) -> Outcome {
        let upgrade = field("Upgrade")
        // RFC 9110 section 7.8: the Upgrade field of an HTTP/1.0 request is ignored.
        guard minorVersion >= 1, lists(upgrade, contain: "websocket") else {
            return .upgradeRequired
        }
        guard method == "GET" else { return .malformed("a WebSocket opens with GET") }
        guard upgrade.count == 1 else { return .malformed("more than one Upgrade field") }
        guard lists(field("Connection"), contain: "upgrade") else {
            return .malformed("the Connection field lacks upgrade")
        }
        // Before the key: another version of the protocol may have other keys.
        let version = field("Sec-WebSocket-Version")
        guard version.count < 2 else { return .malformed("two Sec-WebSocket-Version fields") }
        // The drafts before version 4 had no such field: their clients, too, are told the version.
        guard version.first == "13" else { return .wrongVersion }
        let key = field("Sec-WebSocket-Key")
        guard key.count == 1 else { return .malformed("not one Sec-WebSocket-Key field") }
        guard isKey(key[0]) else { return .malformed("the key is not 16 bytes in base64") }
        return .accept(accept(key: key[0]))
    }

    /// The value of `Sec-WebSocket-Accept` that proves the server read this key.
    ///
    /// Shape: 28 characters of base64, `s3pPLMBiTxaQ9kYGzzhZRbK+xOo=`.
    /// Source: RFC 6455 section 4.2.2, item 5.4.
    public static func accept(key: String) -> String {
        let proof = Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)
        var digest = [UInt8](repeating: 0, count: 20)
        // Should OpenSSL refuse SHA-1, the digest stays zero and the client refuses the handshake.
        unsafe _ = SHA1(proof, proof.count, &digest)
        return base64(digest)
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        // EVP_EncodeBlock ends its output with a NUL.
        var text = [UInt8](repeating: 0, count: (bytes.count + 2) / 3 * 4 + 1)
        unsafe _ = EVP_EncodeBlock(&text, bytes, Int32(truncatingIfNeeded: bytes.count))
        return String(decoding: text.dropLast(), as: UTF8.self)
    }

    /// Whether the key is the only base64 text of some 16 bytes: 22 digits, the last of which
    /// carries two bits, and the padding.
    private static func isKey(_ key: String) -> Bool {
        let bytes = Array(key.utf8)
        guard bytes.count == 24, bytes[22...].elementsEqual("==".utf8) else { return false }
        return bytes[..<22].allSatisfy(isBase64Digit) && "AQgw".utf8.contains(bytes[21])
    }

    private static func isBase64Digit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
            true
        default:
            false
        }
    }

    /// Whether a comma-separated list (RFC 9110 section 5.6.1) in any of the field's lines holds
    /// the token, which is given in small letters.
    private static func lists(_ values: [String], contain token: StaticString) -> Bool {
        let wanted = token.description.utf8
        return values.contains { value in
            value.utf8.split(separator: UInt8(ascii: ",")).contains { element in
                trimmed(element).map(lowercased).elementsEqual(wanted)
            }
        }
    }

    private static func trimmed(_ element: Substring.UTF8View) -> Substring.UTF8View {
        let isSpace = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        var rest = element.drop(while: isSpace)
        while let last = rest.last, isSpace(last) { rest.removeLast() }
        return rest
    }

    /// Only ASCII letters change: `String.lowercased()` maps the Kelvin sign to `k`.
    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
