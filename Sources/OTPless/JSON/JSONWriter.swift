import Loop

/// Appends JSON to a buffer and sets the commas.
///
/// **Shape**: `writer.object { $0.member("a", 1); $0.member("b") { $0.array { $0.value("c") } } }`
/// gives `{"a":1,"b":["c"]}`. Commas and escapes are its part; that names are not repeated and that
/// members stand in objects only is the caller's.
public struct JSONWriter: Sendable {
    /// What has been written so far.
    public private(set) var bytes: [UInt8] = []
    private let asciiOnly: Bool
    private var needsComma = false

    /// An empty text.
    ///
    /// - Parameters:
    ///   - capacity: Bytes to set aside, so that a reply of that size is allocated once.
    ///   - asciiOnly: Write all else as `\uXXXX` in lower case, and `/` as `\/`, the way Meta
    ///     writes its webhooks.
    public init(reserving capacity: Int = 256, asciiOnly: Bool = false) {
        self.asciiOnly = asciiOnly
        bytes.reserveCapacity(max(capacity, 0))
    }

    // MARK: containers

    /// Writes an object whose members the body writes.
    public mutating func object(_ body: (inout JSONWriter) -> Void) {
        container(UInt8(ascii: "{"), UInt8(ascii: "}"), body)
    }

    /// Writes an array whose elements the body writes.
    public mutating func array(_ body: (inout JSONWriter) -> Void) {
        container(UInt8(ascii: "["), UInt8(ascii: "]"), body)
    }

    private mutating func container(
        _ first: UInt8, _ last: UInt8, _ body: (inout JSONWriter) -> Void
    ) {
        separate()
        bytes.append(first)
        needsComma = false
        body(&self)
        bytes.append(last)
        needsComma = true
    }

    // MARK: values

    /// Writes a string.
    public mutating func value(_ text: String) {
        separate()
        bytes.append(quoting: text, asciiOnly: asciiOnly)
        needsComma = true
    }

    /// Writes an integer.
    public mutating func value(_ number: Int) { value(Int64(number)) }

    /// Writes an integer.
    public mutating func value(_ number: Int64) {
        separate()
        bytes.append(decimal: number)
        needsComma = true
    }

    /// Writes an identifier in its UUID form, which needs no escape.
    public mutating func value<Kind>(_ id: Identifier<Kind>) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        id.append(to: &bytes)
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    /// Writes `true` or `false`.
    public mutating func value(_ flag: Bool) { raw((flag ? "true" : "false").utf8) }

    /// Writes `null`.
    public mutating func null() { raw("null".utf8) }

    /// Writes one value that is JSON already, such as `JSONValue.bytes`; it is not checked.
    public mutating func raw(_ encoded: some Collection<UInt8>) {
        separate()
        bytes.append(contentsOf: encoded)
        needsComma = true
    }

    // MARK: members

    /// Writes a member whose value the body writes; null if it writes none.
    public mutating func member(_ name: String, _ body: (inout JSONWriter) -> Void) {
        startMember(name)
        let start = bytes.count
        body(&self)
        if bytes.count == start { null() }
    }

    /// Writes a member that is a string.
    public mutating func member(_ name: String, _ value: String) {
        startMember(name)
        self.value(value)
    }

    /// Writes a member that is a string, or null.
    public mutating func member(_ name: String, _ value: String?) {
        startMember(name)
        if let value { self.value(value) } else { null() }
    }

    /// Writes a member that is an integer.
    public mutating func member(_ name: String, _ value: Int) {
        startMember(name)
        self.value(value)
    }

    /// Writes a member that is an integer.
    public mutating func member(_ name: String, _ value: Int64) {
        startMember(name)
        self.value(value)
    }

    /// Writes a member that is `true` or `false`.
    public mutating func member(_ name: String, _ value: Bool) {
        startMember(name)
        self.value(value)
    }

    private mutating func startMember(_ name: String) {
        value(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }
}
