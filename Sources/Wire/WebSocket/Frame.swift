/// What a frame carries.
///
/// Source: RFC 6455 section 5.2. The values 3 to 7 and 11 to 15 are reserved.
public enum Opcode: UInt8, Sendable {
    /// The next fragment of a message.
    case continuation = 0x0
    /// A text message or its first fragment.
    case text = 0x1
    /// A binary message or its first fragment.
    case binary = 0x2
    /// The last frame of its sender.
    case close = 0x8
    /// Asks for a pong with the same payload.
    case ping = 0x9
    /// The answer to a ping, or a sign of life.
    case pong = 0xA

    /// Whether the frame stands outside of messages and must be short and whole (section 5.5).
    package var isControl: Bool { rawValue & 0x8 != 0 }
}

/// Writes the server's frames: never masked, never fragmented, lengths in their shortest form.
///
/// Source: RFC 6455 sections 5.1 and 5.2.
public enum WebSocketFrame {
    /// The longest payload of a close, ping or pong (RFC 6455 section 5.5).
    public static let maxControlPayload = 125

    /// Appends one whole frame.
    ///
    /// Shape: a control frame's payload is cut at 125 bytes; `closePayload` keeps within it.
    public static func append(
        _ opcode: Opcode, payload: some Collection<UInt8>, to out: inout [UInt8]
    ) {
        let limit = opcode.isControl ? maxControlPayload : Int.max
        let payload = payload.prefix(limit)
        let length = payload.count
        out.append(0x80 | opcode.rawValue)
        appendLength(length, to: &out)
        out.append(contentsOf: payload)
    }

    /// The payload of a close frame, empty without a code.
    ///
    /// Shape: the code big-endian, then the reason, cut between characters to at most 123 bytes.
    /// Source: RFC 6455 section 5.5.1.
    public static func closePayload(code: UInt16?, reason: String = "") -> [UInt8] {
        guard let code else { return [] }
        var payload = [UInt8(truncatingIfNeeded: code >> 8), UInt8(truncatingIfNeeded: code)]
        for scalar in reason.unicodeScalars {
            let bytes = UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
            guard payload.count + bytes.count <= maxControlPayload else { break }
            payload.append(contentsOf: bytes)
        }
        return payload
    }

    private static func appendLength(_ length: Int, to out: inout [UInt8]) {
        switch length {
        case ...125:
            out.append(UInt8(truncatingIfNeeded: length))
        case ...0xFFFF:
            out.append(126)
            appendBigEndian(length, bytes: 2, to: &out)
        default:
            out.append(127)
            appendBigEndian(length, bytes: 8, to: &out)
        }
    }

    private static func appendBigEndian(_ value: Int, bytes: Int, to out: inout [UInt8]) {
        for index in (0..<bytes).reversed() {
            out.append(UInt8(truncatingIfNeeded: value >> (8 * index)))
        }
    }
}
