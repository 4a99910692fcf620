import Loop

/// Where a field's name and value lie in the bytes of its section.
struct Field: Sendable {
    var nameStart: UInt32
    var nameEnd: UInt32
    var valueStart: UInt32
    var valueEnd: UInt32

    var name: Range<Int> { Int(nameStart)..<Int(nameEnd) }
    var value: Range<Int> { Int(valueStart)..<Int(valueEnd) }
}

/// Reads the field lines of a head or a trailer to the empty line behind them (RFC 9112 §5).
struct FieldLines {
    private enum Phase: UInt8 { case start, name, blank, value, lineFeed, lastLineFeed }

    private var phase = Phase.start
    private var current = Field(nameStart: 0, nameEnd: 0, valueStart: 0, valueEnd: 0)
    private(set) var fields: [Field] = []

    /// Advances `index` to `stop` at most; true when the empty line was read.
    mutating func scan(
        _ input: Span<UInt8>, from index: inout Int, to stop: Int, origin: Int, maxFields: UInt32
    ) throws(Refusal) -> Bool {
        while index < stop {
            switch phase {
            case .start: try startLine(input[index], at: &index, origin: origin)
            case .name: try scanName(input, from: &index, to: stop, origin: origin)
            case .blank: skipBlanks(input, from: &index, to: stop, origin: origin)
            case .value: try scanValue(input, from: &index, to: stop, origin: origin)
            case .lineFeed: try endLine(input[index], at: &index, maxFields: maxFields)
            case .lastLineFeed:
                guard input[index] == .lineFeed else { throw Refusal(.badLineEnd) }
                index += 1
                return true
            }
        }
        return false
    }

    private mutating func startLine(
        _ byte: UInt8, at index: inout Int, origin: Int
    ) throws(Refusal) {
        switch byte {
        case .carriageReturn:
            phase = .lastLineFeed
            index += 1
        // RFC 9112 §5.2 and, on the first line, §2.2.
        case .space, .tab: throw Refusal(.foldedField)
        default:
            phase = .name
            current.nameStart = UInt32(truncatingIfNeeded: index + origin)
        }
    }

    /// RFC 9110 §5.1: a token; RFC 9112 §5.1: no white space before the colon.
    private mutating func scanName(
        _ input: Span<UInt8>, from index: inout Int, to stop: Int, origin: Int
    ) throws(Refusal) {
        while index < stop, input[index].isTokenByte { index += 1 }
        guard index < stop else { return }
        let end = UInt32(truncatingIfNeeded: index + origin)
        guard input[index] == .colon, end > current.nameStart else {
            throw Refusal(Self.reason(input[index], isEmpty: end == current.nameStart))
        }
        current.nameEnd = end
        phase = .blank
        index += 1
    }

    private static func reason(_ byte: UInt8, isEmpty: Bool) -> Refusal.Reason {
        switch byte {
        case .space, .tab: isEmpty ? .badFieldName : .spaceBeforeColon
        case .lineFeed: .badLineEnd
        default: .badFieldName
        }
    }

    private mutating func skipBlanks(
        _ input: Span<UInt8>, from index: inout Int, to stop: Int, origin: Int
    ) {
        while index < stop, input[index].isBlank { index += 1 }
        guard index < stop else { return }
        current.valueStart = UInt32(truncatingIfNeeded: index + origin)
        phase = .value
    }

    /// RFC 9110 §5.5: no control characters; RFC 9112 §2.2: CR only before LF, LF only behind CR.
    private mutating func scanValue(
        _ input: Span<UInt8>, from index: inout Int, to stop: Int, origin: Int
    ) throws(Refusal) {
        while index + 8 <= stop, input.word(at: index).isFieldText { index += 8 }
        while index < stop, input[index].isFieldByte { index += 1 }
        guard index < stop else { return }
        guard input[index] == .carriageReturn else {
            throw Refusal(input[index] == .lineFeed ? .badLineEnd : .badFieldValue)
        }
        current.valueEnd = UInt32(truncatingIfNeeded: index + origin)
        phase = .lineFeed
        index += 1
    }

    private mutating func endLine(
        _ byte: UInt8, at index: inout Int, maxFields: UInt32
    ) throws(Refusal) {
        guard byte == .lineFeed else { throw Refusal(.badLineEnd) }
        guard fields.count < Int(maxFields) else { throw Refusal(.tooManyFields) }
        if fields.isEmpty { fields.reserveCapacity(12) }
        fields.append(current)
        phase = .start
        index += 1
    }
}
