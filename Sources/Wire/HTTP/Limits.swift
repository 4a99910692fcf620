/// How much of a request is read before it is refused; all sizes are bytes.
public struct HTTPLimits: Sendable, Equatable {
    /// The request line with its CRLF; longer: 414 (RFC 9112 §3 asks for 8,000 at least).
    public var maxRequestLine: UInt32
    /// Request line, field lines and the empty line together; longer: 431.
    public var maxHead: UInt32
    /// Field lines in a head, and in a trailer; more: 431.
    public var maxFields: UInt32
    /// One chunk's line: its size and its extensions, without the CRLF; longer: 400.
    public var maxChunkLine: UInt32
    /// The extensions of all chunks of one body; more: 400 (RFC 9112 §7.1.1 asks for a bound).
    public var maxChunkExtensions: UInt32
    /// The trailer section of a chunked body with its empty line; longer: 431.
    public var maxTrailer: UInt32
    /// What `RequestParser.bodyLimit` is at the start of every request; longer: 413.
    public var maxBody: UInt32

    /// The limits of the gateway unless the caller names others.
    public init(
        maxRequestLine: UInt32 = 8192, maxHead: UInt32 = 16384, maxFields: UInt32 = 100,
        maxChunkLine: UInt32 = 256, maxChunkExtensions: UInt32 = 4096, maxTrailer: UInt32 = 4096,
        maxBody: UInt32 = 65536
    ) {
        self.maxRequestLine = maxRequestLine
        self.maxHead = maxHead
        self.maxFields = maxFields
        self.maxChunkLine = maxChunkLine
        self.maxChunkExtensions = maxChunkExtensions
        self.maxTrailer = maxTrailer
        self.maxBody = maxBody
    }
}
