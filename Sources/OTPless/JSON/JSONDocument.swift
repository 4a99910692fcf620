/// A JSON text that has been checked from end to end, ready to be looked into.
///
/// Strict RFC 8259 and nothing beside it: valid UTF-8 without a byte order mark, no comments, no
/// trailing commas, no duplicate keys, and no half of a surrogate pair unless `Limits` says so.
/// Reading is one pass without recursion; what it keeps are the bytes and 16 bytes for each value
/// and each key. Strings are decoded when asked for.
public struct JSONDocument: Sendable {
    /// How much a text may make the reader work, and what it may hold.
    public struct Limits: Sendable {
        /// Containers inside one another; `[[1]]` has depth 2, a bare number 0.
        public var maxDepth: Int
        /// Values and keys in the whole text; `{"a":[1]}` has 4.
        public var maxNodes: Int
        /// Whether an escaped half of a surrogate pair is read as U+FFFD instead of refused.
        ///
        /// The grammar of RFC 8259 has it, §8.2 leaves open what becomes of it.
        public var replacesLoneSurrogates: Bool

        /// The defaults suit request bodies.
        public init(
            maxDepth: Int = 32, maxNodes: Int = 200_000, replacesLoneSurrogates: Bool = false
        ) {
            self.maxDepth = maxDepth
            self.maxNodes = maxNodes
            self.replacesLoneSurrogates = replacesLoneSurrogates
        }
    }

    let bytes: [UInt8]
    let nodes: [JSONNode]

    /// Checks the whole text.
    ///
    /// - Throws: `JSONError`, with the offset of the first fault.
    public init(_ bytes: [UInt8], limits: Limits = .init()) throws(JSONError) {
        var reader = JSONReader(bytes, limits: limits)
        try reader.read(bytes.span)
        self.bytes = bytes
        self.nodes = reader.nodes
    }

    /// Checks a part of a buffer, which is copied; offsets count from the start of the part.
    ///
    /// - Throws: `JSONError`, with the offset of the first fault.
    public init(_ bytes: ArraySlice<UInt8>, limits: Limits = .init()) throws(JSONError) {
        try self.init(Array(bytes), limits: limits)
    }

    /// The value that the text is.
    public var root: JSONValue { JSONValue(document: self, index: 0) }
}

extension JSONDocument: CustomStringConvertible {
    /// Size only: the text may hold tokens and phone numbers.
    public var description: String { "JSON of \(bytes.count) bytes" }
}

/// A value or a key on the tape: in the order of the text, the children right behind their parent.
struct JSONNode: Sendable {
    /// The raw text of the value, quotes or brackets included.
    var start: UInt32
    /// One past the raw text; while a container is being read, how many children it has so far.
    var end: UInt32
    /// The node behind this one and its children; while a container is being read, its parent.
    var next: UInt32
    var kind: JSONValue.Kind
    /// A string without escapes, or a number without fraction and exponent.
    var isPlain: Bool

    var range: Range<Int> { Int(start)..<Int(end) }
    /// What stands between the quotes of a string.
    var content: Range<Int> { Int(start) + 1..<Int(end) - 1 }
}
