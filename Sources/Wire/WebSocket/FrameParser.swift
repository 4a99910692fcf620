/// Reads a client's frames from bytes as they come: first the header, then the payload.
///
/// Each rule is enforced at the first byte that breaks it. Nothing is buffered: a header is folded
/// into numbers, a payload is appended to the caller's array.
///
/// Source: RFC 6455 sections 5.1 to 5.5.
package struct FrameParser: Sendable {
    /// What reading a header came to.
    package enum Step: Equatable, Sendable {
        /// The input is used up.
        case needMore
        /// The header is complete; its payload, maybe empty, is to be read next.
        case header
        /// A rule is broken: close with 1002.
        case failed
    }

    private enum Part: Sendable {
        case opcode
        case length
        case length16
        case length64
        case key
        case payload
    }

    /// The payload's bytes that are still to come; below 2^63.
    package private(set) var remaining = 0
    private var key = MaskingKey()
    /// The opcode of the present frame.
    package private(set) var opcode = Opcode.continuation
    /// Whether the present frame ends its message.
    package private(set) var isFinal = true
    private var part = Part.opcode
    /// Bytes still to come of the extended length or of the key.
    private var missing: UInt8 = 0

    package init() {}

    /// Whether the header is complete and the payload is being read.
    package var isInPayload: Bool { part == .payload }

    /// Reads on until the header is complete, the input ends or a rule is broken.
    package mutating func readHeader(_ input: Span<UInt8>, from offset: inout Int) -> Step {
        while part != .payload {
            guard offset < input.count else { return .needMore }
            guard take(input[offset]) else { return .failed }
            offset += 1
        }
        return .header
    }

    /// Appends what the input has of the payload, unmasked; true when the frame is complete.
    package mutating func readPayload(
        _ input: Span<UInt8>, from offset: inout Int, appendingTo out: inout [UInt8]
    ) -> Bool {
        let count = min(remaining, input.count - offset)
        if count > 0 {
            key.unmask(input.extracting(offset..<offset + count), appendingTo: &out)
            offset += count
            remaining -= count
        }
        guard remaining == 0 else { return false }
        part = .opcode
        return true
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        switch part {
        case .opcode: return takeOpcode(byte)
        case .length: return takeLength(byte)
        case .length16, .length64: return takeExtendedLength(byte)
        case .key: takeKey(byte)
        case .payload: break
        }
        return true
    }

    private mutating func takeOpcode(_ byte: UInt8) -> Bool {
        // Section 5.2: no extension was negotiated, so RSV1 to RSV3 are 0.
        guard byte & 0x70 == 0, let opcode = Opcode(rawValue: byte & 0x0F) else { return false }
        isFinal = byte & 0x80 != 0
        // Section 5.5: a control frame is not fragmented.
        guard isFinal || !opcode.isControl else { return false }
        self.opcode = opcode
        part = .length
        return true
    }

    private mutating func takeLength(_ byte: UInt8) -> Bool {
        let length = byte & 0x7F
        // Section 5.1: a client masks every frame. Section 5.5: a control frame has 125 bytes at most.
        guard byte & 0x80 != 0, length <= 125 || !opcode.isControl else { return false }
        remaining = 0
        switch length {
        case 126: (part, missing) = (.length16, 2)
        case 127: (part, missing) = (.length64, 8)
        default: (part, missing, remaining) = (.key, 4, Int(length))
        }
        return true
    }

    private mutating func takeExtendedLength(_ byte: UInt8) -> Bool {
        // Section 5.2: the most significant bit of 64 is 0; then eight bytes fit an Int.
        guard missing < 8 || byte & 0x80 == 0 else { return false }
        remaining = remaining << 8 | Int(byte)
        missing -= 1
        guard missing == 0 else { return true }
        // Section 5.2: the shortest form that holds the length.
        guard remaining > (part == .length16 ? 125 : 0xFFFF) else { return false }
        (part, missing) = (.key, 4)
        return true
    }

    private mutating func takeKey(_ byte: UInt8) {
        key.append(byte)
        missing -= 1
        if missing == 0 { part = .payload }
    }
}
