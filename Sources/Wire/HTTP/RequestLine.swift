/// Reads `method SP target SP HTTP/1.x CRLF` from bytes that arrive in any pieces (RFC 9112 §3).
///
/// Positions count from the first byte of the head; `origin` turns an index of the span into one.
struct RequestLine {
    private enum Phase: UInt8 { case method, target, version, lineFeed }

    /// Longer is garbage, not a method: refused without reading on.
    private static let maxMethod = 64

    private var phase = Phase.method
    private var versionIndex: UInt8 = 0
    private(set) var minorVersion: UInt8 = 0
    private(set) var methodEnd: UInt32 = 0
    private(set) var targetEnd: UInt32 = 0

    /// Advances `index` to `stop` at most; true when the line and its CRLF were read.
    mutating func scan(
        _ input: Span<UInt8>, from index: inout Int, to stop: Int, origin: Int
    ) throws(Refusal) -> Bool {
        while index < stop {
            switch phase {
            case .method: try scanMethod(input, from: &index, to: stop, origin: origin)
            case .target: try scanTarget(input, from: &index, to: stop, origin: origin)
            case .version: try scanVersion(input[index], at: &index)
            case .lineFeed:
                guard input[index] == .lineFeed else { throw Refusal(.badLineEnd) }
                index += 1
                return true
            }
        }
        return false
    }

    /// RFC 9110 §9.1: a token.
    private mutating func scanMethod(
        _ input: Span<UInt8>, from index: inout Int, to stop: Int, origin: Int
    ) throws(Refusal) {
        while index < stop, input[index].isTokenByte, index + origin < Self.maxMethod { index += 1 }
        guard index < stop else { return }
        guard input[index] == .space, index + origin > 0 else {
            throw Refusal(Self.reason(for: input[index], else: .badMethod))
        }
        methodEnd = UInt32(truncatingIfNeeded: index + origin)
        phase = .target
        index += 1
    }

    /// RFC 9112 §3.2: no white space, nothing that is not visible ASCII, no fragment.
    private mutating func scanTarget(
        _ input: Span<UInt8>, from index: inout Int, to stop: Int, origin: Int
    ) throws(Refusal) {
        while index < stop, input[index].isTargetByte { index += 1 }
        guard index < stop else { return }
        let end = UInt32(truncatingIfNeeded: index + origin)
        guard input[index] == .space, end > methodEnd + 1 else {
            throw Refusal(Self.reason(for: input[index], else: .badTarget))
        }
        targetEnd = end
        phase = .version
        index += 1
    }

    /// RFC 9112 §2.3: `HTTP/` in capitals, a digit, a dot, a digit, then at once the line's end.
    private mutating func scanVersion(_ byte: UInt8, at index: inout Int) throws(Refusal) {
        guard Self.isExpected(byte, at: versionIndex) else {
            throw Refusal(Self.reason(for: byte, else: .badVersion))
        }
        switch versionIndex {
        case 5: minorVersion = byte == UInt8(ascii: "1") ? 0 : .max
        case 7 where minorVersion == 0: minorVersion = byte - UInt8(ascii: "0")
        case 8 where minorVersion == .max: throw Refusal(.versionNotSupported)
        case 8: phase = .lineFeed
        default: break
        }
        versionIndex += 1
        index += 1
    }

    private static func isExpected(_ byte: UInt8, at index: UInt8) -> Bool {
        switch index {
        case 0: byte == UInt8(ascii: "H")
        case 1, 2: byte == UInt8(ascii: "T")
        case 3: byte == UInt8(ascii: "P")
        case 4: byte == UInt8(ascii: "/")
        case 6: byte == UInt8(ascii: ".")
        case 8: byte == .carriageReturn
        default: byte.isDigit
        }
    }

    private static func reason(
        for byte: UInt8, else other: Refusal.Reason
    ) -> Refusal.Reason { byte == .lineFeed ? .badLineEnd : other }
}
