/// One value of a `JSONDocument`: a view, cheap to copy, that keeps the document alive.
///
/// Every question has an answer for every kind: asking for something that the value is not gives
/// nil or nothing.
public struct JSONValue: Sendable {
    /// What a value is (RFC 8259 §3).
    public enum Kind: UInt8, Sendable {
        /// `null`
        case null
        /// `true` or `false`
        case bool
        /// Digits, with or without fraction and exponent.
        case number
        /// Text between quotes.
        case string
        /// `[...]`
        case array
        /// `{...}`
        case object
    }

    let document: JSONDocument
    let index: Int

    private var node: JSONNode { document.nodes[index] }

    /// What the value is.
    public var kind: Kind { node.kind }

    /// Whether the value is `null`; a member that is absent is nil, not null.
    public var isNull: Bool { kind == .null }

    /// The value as it was written, quotes or brackets included.
    public var bytes: ArraySlice<UInt8> { document.bytes[node.range] }

    /// `true` or `false`, if that is what the value is.
    public var bool: Bool? {
        let node = node
        guard node.kind == .bool else { return nil }
        return document.bytes[Int(node.start)] == UInt8(ascii: "t")
    }

    /// The number, if it is written as an integer and fits: `1.0` and `1e3` are not integers.
    public var integer: Int64? {
        let node = node
        guard node.kind == .number, node.isPlain else { return nil }
        var digits = document.bytes[node.range]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative { digits.removeFirst() }
        var number: Int64 = 0
        for digit in digits {
            // Downwards, because the least Int64 has no positive counterpart.
            let (tens, overflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.subtractingReportingOverflow(Int64(digit & 0xF))
            guard !overflow, !carry else { return nil }
            number = sum
        }
        guard !isNegative else { return number }
        return number == .min ? nil : -number
    }

    /// The text of a string with its escapes resolved; it may hold U+0000.
    public var string: String? {
        let node = node
        guard node.kind == .string else { return nil }
        let raw = document.bytes[node.content]
        guard node.isPlain else { return String(decoding: JSONText.unescape(raw), as: UTF8.self) }
        return String(decoding: raw, as: UTF8.self)
    }

    /// Whether the value is a string of exactly these scalars.
    ///
    /// Byte for byte, unlike `==` of strings. Allocates only if the value was written with escapes.
    public func equals(_ text: String) -> Bool {
        kind == .string && document.string(at: index, equals: text.utf8.span)
    }

    /// Whether the value is a string of exactly these bytes of UTF-8.
    public func equals(_ text: [UInt8]) -> Bool {
        kind == .string && document.string(at: index, equals: text.span)
    }

    /// The member of that name; nil if there is none or the value is not an object.
    ///
    /// Looks at the names one by one: fine for the dozen that an object has.
    public subscript(_ key: String) -> JSONValue? {
        let node = node
        guard node.kind == .object else { return nil }
        let wanted = key.utf8.span
        let end = Int(node.next)
        var at = index + 1
        while at < end {
            if document.string(at: at, equals: wanted) {
                return JSONValue(document: document, index: at + 1)
            }
            at = Int(document.nodes[at + 1].next)
        }
        return nil
    }
}

extension JSONValue: CustomStringConvertible {
    /// Kind and size only: the value may be a token or a phone number.
    public var description: String { "JSON \(kind) of \(bytes.count) bytes" }
}

extension JSONDocument {
    /// Compares the string or key at `index`, with its escapes resolved.
    fileprivate func string(at index: Int, equals wanted: Span<UInt8>) -> Bool {
        let node = nodes[index]
        guard node.isPlain else {
            return areEqual(JSONText.unescape(bytes[node.content]).span, wanted)
        }
        let length = Int(node.end - node.start) - 2
        guard length == wanted.count else { return false }
        let start = Int(node.start) + 1
        return areEqual(bytes.span.extracting(start..<start + length), wanted)
    }

    private func areEqual(_ one: Span<UInt8>, _ other: Span<UInt8>) -> Bool {
        guard one.count == other.count else { return false }
        for at in one.indices where one[at] != other[at] { return false }
        return true
    }
}
