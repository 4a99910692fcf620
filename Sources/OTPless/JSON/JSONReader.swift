/// Reads a JSON text into a tape of nodes, in one pass and without recursion.
///
/// The chain of open containers needs no stack of its own: until a container is closed, its node
/// keeps its parent in `next` and its number of children in `end`.
struct JSONReader {
    /// From this many members on, names are put into a set instead of compared pair by pair.
    static let manyMembers = 16

    let bytes: [UInt8]
    let limits: JSONDocument.Limits
    var nodes: [JSONNode] = []
    var position = 0
    private var open: UInt32 = noParent
    private var depth = 0

    private static let noParent = UInt32.max

    init(_ bytes: [UInt8], limits: JSONDocument.Limits) {
        self.bytes = bytes
        self.limits = limits
        nodes.reserveCapacity(min(bytes.count / 10 + 4, 512))
    }

    /// `text` is the span of `bytes`, taken once by the caller.
    mutating func read(_ text: Span<UInt8>) throws(JSONError) {
        guard text.count < Int(UInt32.max) else { throw .tooLarge }
        skipSpace(text)
        guard position < text.count else { throw .empty }
        try value(text)
        while open != Self.noParent {
            try child(text)
        }
        skipSpace(text)
        guard position == text.count else { throw .trailingBytes(at: position) }
    }

    // MARK: containers

    /// The next child of the innermost open container, or its end.
    private mutating func child(_ text: Span<UInt8>) throws(JSONError) {
        let container = nodes[Int(open)]
        let isObject = container.kind == .object
        var byte = try byteAfterSpace(text)
        if byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
            return try close(container)
        }
        if container.end > 0 {
            guard byte == UInt8(ascii: ",") else { throw .unexpectedByte(at: position) }
            position += 1
            byte = try byteAfterSpace(text)
        }
        nodes[Int(open)].end += 1
        if isObject {
            guard byte == UInt8(ascii: "\"") else { throw .unexpectedByte(at: position) }
            try string(text)
            guard try byteAfterSpace(text) == UInt8(ascii: ":") else {
                throw .unexpectedByte(at: position)
            }
            position += 1
            skipSpace(text)
        }
        try value(text)
    }

    private mutating func value(_ text: Span<UInt8>) throws(JSONError) {
        guard position < text.count else { throw .unexpectedEnd(at: position) }
        switch text[position] {
        case UInt8(ascii: "\""): try string(text)
        case UInt8(ascii: "{"): try enter(.object)
        case UInt8(ascii: "["): try enter(.array)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number(text)
        case UInt8(ascii: "t"): try literal("true", .bool, text)
        case UInt8(ascii: "f"): try literal("false", .bool, text)
        case UInt8(ascii: "n"): try literal("null", .null, text)
        default: throw .unexpectedByte(at: position)
        }
    }

    private mutating func enter(_ kind: JSONValue.Kind) throws(JSONError) {
        guard depth < limits.maxDepth else { throw .tooDeep(at: position) }
        guard nodes.count < limits.maxNodes else { throw .tooManyNodes(at: position) }
        let index = UInt32(nodes.count)
        nodes.append(
            JSONNode(start: UInt32(position), end: 0, next: open, kind: kind, isPlain: true))
        open = index
        depth += 1
        position += 1
    }

    private mutating func close(_ container: JSONNode) throws(JSONError) {
        position += 1
        let index = Int(open)
        if container.kind == .object, container.end > 1 {
            try refuseDuplicates(firstKey: index + 1, count: Int(container.end))
        }
        open = container.next
        depth -= 1
        nodes[index].end = UInt32(position)
        nodes[index].next = UInt32(nodes.count)
    }

    /// Appends a value or key that ends before `end` and goes on there.
    mutating func append(_ kind: JSONValue.Kind, end: Int, isPlain: Bool) throws(JSONError) {
        guard nodes.count < limits.maxNodes else { throw .tooManyNodes(at: position) }
        nodes.append(
            JSONNode(
                start: UInt32(position), end: UInt32(end), next: UInt32(nodes.count + 1),
                kind: kind, isPlain: isPlain))
        position = end
    }

    // MARK: whitespace

    private mutating func skipSpace(_ text: Span<UInt8>) {
        while position < text.count {
            switch text[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private mutating func byteAfterSpace(_ text: Span<UInt8>) throws(JSONError) -> UInt8 {
        skipSpace(text)
        guard position < text.count else { throw .unexpectedEnd(at: position) }
        return text[position]
    }
}
