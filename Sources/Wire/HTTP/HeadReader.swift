/// Gathers the bytes of a head, or of a trailer, from the pieces in which they arrive.
///
/// Each byte is looked at once and copied once; while nothing was read there is no buffer.
struct HeadReader {
    private(set) var bytes: [UInt8] = []
    private(set) var line = RequestLine()
    private(set) var lines = FieldLines()
    private var hasLine: Bool

    var isEmpty: Bool { bytes.isEmpty }

    init() { hasLine = false }

    private init(trailer: Void) { hasLine = true }

    /// A reader of field lines alone (RFC 9112 §7.1.2).
    static var trailer: HeadReader { HeadReader(trailer: ()) }

    /// Moves `offset` over what belongs to the section; true when the section is whole.
    mutating func read(
        _ input: Span<UInt8>, from offset: inout Int, maxSize: UInt32, limits: HTTPLimits
    ) throws(Refusal) -> Bool {
        let start = offset
        let origin = bytes.count - start
        var isWhole = false
        if !hasLine { try readLine(input, from: &offset, origin: origin, limits: limits) }
        if hasLine {
            let stop = min(input.count, Int(maxSize) - origin)
            isWhole = try lines.scan(
                input, from: &offset, to: stop, origin: origin, maxFields: limits.maxFields)
            if !isWhole, stop < input.count { throw Refusal(.headTooLarge) }
        }
        bytes.append(input, start..<offset)
        return isWhole
    }

    /// Whether the method is HEAD; the bytes of a section that was refused were not gathered.
    func isHead(_ input: Span<UInt8>, from start: Int) -> Bool {
        let method = Array("HEAD".utf8)
        guard line.methodEnd == method.count else { return false }
        let first = firstByte(input, from: start)
        return method.indices.allSatisfy { index in
            index < bytes.count
                ? bytes[index] == method[index]
                : input[first + index - bytes.count] == method[index]
        }
    }

    /// What was gathered of a head whose request line is whole.
    var partialHead: PartialHead? {
        hasLine && line.targetEnd > 0 ? PartialHead(bytes, line, lines.fields) : nil
    }

    /// With the fields that were read before it was refused, whose bytes were not gathered; empty if
    /// there is not even a request line.
    func gathering(_ input: Span<UInt8>, from start: Int) -> HeadReader {
        guard hasLine, line.targetEnd > 0 else { return HeadReader() }
        var whole = self
        let first = firstByte(input, from: start)
        let end = lines.fields.last.map { Int($0.valueEnd) } ?? Int(line.targetEnd)
        whole.bytes.append(input, first..<max(first, first + end - bytes.count))
        return whole
    }

    /// Where the part of the head begins that was not gathered: empty lines before the request line
    /// are in no reader.
    private func firstByte(_ input: Span<UInt8>, from start: Int) -> Int {
        var first = start
        while bytes.isEmpty, input[first] == .carriageReturn || input[first] == .lineFeed {
            first += 1
        }
        return first
    }

    private mutating func readLine(
        _ input: Span<UInt8>, from offset: inout Int, origin: Int, limits: HTTPLimits
    ) throws(Refusal) {
        let stop = min(input.count, Int(limits.maxRequestLine) - origin)
        hasLine = try line.scan(input, from: &offset, to: stop, origin: origin)
        if !hasLine, stop < input.count { throw Refusal(.requestLineTooLong) }
    }
}

/// The request line of a head, and the fields behind it that were read.
struct PartialHead: Sendable {
    /// The path of the target in origin-form.
    let path: ArraySlice<UInt8>
    let fields: Headers

    fileprivate init(_ bytes: [UInt8], _ line: RequestLine, _ fields: [Field]) {
        let target = bytes[(Int(line.methodEnd) + 1)..<Int(line.targetEnd)]
        path = target.prefix { $0 != UInt8(ascii: "?") }
        self.fields = Headers(bytes: bytes, untrimmed: fields)
    }
}
