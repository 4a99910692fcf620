public import Loop

/// An HTTP request to somebody else's server.
public struct OutgoingRequest: Sendable {
    /// Where to, with scheme.
    public var url: String

    /// Header lines, `Name: value`.
    public var headers: [String]

    /// The body; a request with one is a POST.
    public var body: [UInt8]

    /// How long the answer may take once the request's turn has come.
    public var timeout = Duration.seconds(10)

    /// When the answer must be there, the time before its turn included.
    public var deadline = Moment.never

    /// The names of the header fields to keep of an answer that is no success (2xx).
    public var refusalHeaders: [String] = []

    /// A POST.
    public init(url: String, headers: [String], body: [UInt8]) {
        self.url = url
        self.headers = headers
        self.body = body
    }
}
