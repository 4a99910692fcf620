/// The header fields of a message: the bytes of its head, copied once, and where the fields lie.
///
/// Names are compared without case. Nothing is decoded before it is asked for.
public struct Headers: Sendable {
    /// What stood before the fields (the request line) and the fields.
    let bytes: [UInt8]
    private let fields: [Field]

    /// The fields of a section that was read; the white space behind their values is dropped here,
    /// where the whole section is at hand (RFC 9112 §5.1).
    init(bytes: [UInt8], untrimmed fields: [Field]) {
        self.bytes = bytes
        var fields = fields
        for index in fields.indices { fields[index].trimEnd(in: bytes) }
        self.fields = fields
    }

    /// Fields in this order, as they are; nothing is checked, so this is for tests.
    public init(_ fields: [(String, String)] = []) {
        self.init(prefix: [], fields)
    }

    init(prefix: [UInt8], _ list: [(String, String)]) {
        var bytes = prefix
        func add(_ text: String) -> (UInt32, UInt32) {
            let start = bytes.count
            bytes.append(contentsOf: text.utf8)
            return (UInt32(truncatingIfNeeded: start), UInt32(truncatingIfNeeded: bytes.count))
        }
        fields = list.map { item in
            let name = add(item.0)
            let value = add(item.1)
            return Field(
                nameStart: name.0, nameEnd: name.1, valueStart: value.0, valueEnd: value.1)
        }
        self.bytes = bytes
    }

    /// How many field lines there are.
    public var count: Int { fields.count }

    /// The first value of a field, or nil; bytes that are not UTF-8 become U+FFFD.
    public subscript(name: String) -> String? {
        bytes(of: name).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The first value of a field as it was sent, or nil; nothing is copied or allocated.
    public func bytes(of name: String) -> ArraySlice<UInt8>? {
        for field in fields where matches(field, name) { return bytes[field.value] }
        return nil
    }

    /// All values of a field, one a line, in their order.
    public func values(of name: String) -> [String] {
        fields.filter { matches($0, name) }.map { String(decoding: bytes[$0.value], as: UTF8.self) }
    }

    /// How many lines a field has.
    public func count(of name: String) -> Int {
        var count = 0
        for field in fields where matches(field, name) { count += 1 }
        return count
    }

    /// Whether a comma-separated list, over all lines of the field, has this token in any case.
    public func contains(token: String, in name: String) -> Bool {
        // Empty elements are no tokens (RFC 9110 §5.6.1.2).
        guard !token.isEmpty else { return false }
        for field in fields where matches(field, name) {
            if list(field.value, contains: token) { return true }
        }
        return false
    }

    private func list(_ value: Range<Int>, contains token: String) -> Bool {
        var start = value.lowerBound
        while start < value.upperBound {
            var end = start
            while end < value.upperBound, bytes[end] != .comma { end += 1 }
            if bytes[start..<end].trimmingBlanks().equals(token) { return true }
            start = end + 1
        }
        return false
    }

    private func matches(_ field: Field, _ name: String) -> Bool {
        field.name.count == name.utf8.count && bytes.span.extracting(field.name).equals(name)
    }
}

extension Headers: Sequence {
    /// A field line: its name as it was sent, its value without the white space around it.
    public typealias Element = (name: String, value: String)

    /// All field lines in the order they were sent.
    public func makeIterator() -> AnyIterator<Element> {
        var rest = fields.makeIterator()
        return AnyIterator {
            rest.next().map { field in
                (
                    String(decoding: bytes[field.name], as: UTF8.self),
                    String(decoding: bytes[field.value], as: UTF8.self)
                )
            }
        }
    }

    /// The places of all fields, for the parser's own rules.
    var places: [Field] { fields }
}

extension Field {
    mutating func trimEnd(in bytes: [UInt8]) {
        while valueEnd > valueStart, bytes[Int(valueEnd) - 1].isBlank { valueEnd -= 1 }
    }
}
