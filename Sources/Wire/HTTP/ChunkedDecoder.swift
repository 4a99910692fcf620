/// Takes the chunks of a body apart, up to the line of the last one (RFC 9112 §7.1).
struct ChunkedDecoder {
    private enum Phase: UInt8 {
        case size, nameStart, name, valueStart, value, quoted, escaped, behindQuote, lineFeed
        case data, dataReturn, dataLineFeed
    }

    private var phase = Phase.size
    /// Leading zeros count: 16 digits just fill a UInt64.
    private var digits: UInt8 = 0
    private var size: UInt64 = 0
    private var lineBytes: UInt32 = 0
    private var extensionBytes: UInt32 = 0

    /// Appends what it finds to `body`; true when the last chunk's line was read.
    mutating func decode(
        _ input: Span<UInt8>, from offset: inout Int, into body: inout [UInt8], bodyLimit: Int,
        limits: HTTPLimits
    ) throws(Refusal) -> Bool {
        while offset < input.count {
            switch phase {
            case .data: copy(input, from: &offset, into: &body)
            case .dataReturn, .dataLineFeed: try endData(input[offset], at: &offset)
            case .lineFeed:
                guard input[offset] == .lineFeed else { throw Refusal(.badLineEnd) }
                offset += 1
                if try endLine(bodyCount: body.count, bodyLimit: bodyLimit) { return true }
            default: try readLine(input[offset], at: &offset, limits)
            }
        }
        return false
    }

    private mutating func copy(
        _ input: Span<UInt8>, from offset: inout Int, into body: inout [UInt8]
    ) {
        let count = Int(min(size, UInt64(input.count - offset)))
        body.append(input, offset..<(offset + count))
        offset += count
        size -= UInt64(count)
        if size == 0 { phase = .dataReturn }
    }

    private mutating func endData(_ byte: UInt8, at offset: inout Int) throws(Refusal) {
        let isReturn = phase == .dataReturn
        guard byte == (isReturn ? .carriageReturn : .lineFeed) else { throw Refusal(.badChunk) }
        phase = isReturn ? .dataLineFeed : .size
        offset += 1
    }

    /// The size is judged as soon as its line is whole, before a byte of the chunk is taken.
    private mutating func endLine(bodyCount: Int, bodyLimit: Int) throws(Refusal) -> Bool {
        guard size <= UInt64(max(0, bodyLimit - bodyCount)) else { throw Refusal(.bodyTooLarge) }
        phase = .data
        digits = 0
        lineBytes = 0
        return size == 0
    }

    private mutating func readLine(
        _ byte: UInt8, at offset: inout Int, _ limits: HTTPLimits
    ) throws(Refusal) {
        if phase == .size { try readSize(byte) } else { try readExtension(byte) }
        offset += 1
        guard phase != .lineFeed else { return }
        lineBytes += 1
        if phase != .size { extensionBytes += 1 }
        guard lineBytes <= limits.maxChunkLine, extensionBytes <= limits.maxChunkExtensions else {
            throw Refusal(.chunkLineTooLong)
        }
    }

    /// RFC 9112 §7.1: hexadecimal digits, at once followed by the line's end or an extension.
    private mutating func readSize(_ byte: UInt8) throws(Refusal) {
        if let digit = byte.hexDigitValue, digits < 16 {
            digits += 1
            size = size << 4 | UInt64(digit)
            return
        }
        guard digits > 0 else { throw Refusal(.badChunk) }
        try endElement(byte)
    }

    /// RFC 9112 §7.1.1: `;` token, or `;` token `=` token or quoted string.
    ///
    /// White space around them, which only a broken sender makes, is refused.
    private mutating func readExtension(_ byte: UInt8) throws(Refusal) {
        switch phase {
        case .nameStart where byte.isTokenByte: phase = .name
        case .name where byte.isTokenByte: break
        case .name where byte == UInt8(ascii: "="): phase = .valueStart
        case .valueStart where byte == UInt8(ascii: "\""): phase = .quoted
        case .valueStart where byte.isTokenByte: phase = .value
        case .value where byte.isTokenByte: break
        case .quoted where byte == UInt8(ascii: "\""): phase = .behindQuote
        case .quoted where byte == UInt8(ascii: "\\"): phase = .escaped
        case .quoted where byte.isFieldByte: break
        case .escaped where byte.isFieldByte: phase = .quoted
        case .name, .value, .behindQuote: try endElement(byte)
        default: throw Refusal(byte == .lineFeed ? .badLineEnd : .badChunk)
        }
    }

    private mutating func endElement(_ byte: UInt8) throws(Refusal) {
        switch byte {
        case .semicolon: phase = .nameStart
        case .carriageReturn: phase = .lineFeed
        case .lineFeed: throw Refusal(.badLineEnd)
        default: throw Refusal(.badChunk)
        }
    }
}
