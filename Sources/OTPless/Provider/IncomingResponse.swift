/// What the other server answered.
public struct IncomingResponse: Sendable {
    /// The status code.
    public let status: Int

    /// The body, at most 256 KiB of it.
    public let body: [UInt8]

    /// When the other server wants to be asked again (RFC 9110 §10.2.3).
    public let retryAfter: Duration?

    let headers: [(name: String, value: String)]

    package init(
        status: Int, body: [UInt8], retryAfter: Duration? = nil,
        headers: [(name: String, value: String)] = []
    ) {
        self.status = status
        self.body = body
        self.retryAfter = retryAfter
        self.headers = headers
    }

    /// The value of a header field that the request named; of several the first.
    public func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// Why there is no answer.
public struct CurlError: Error, Sendable, CustomStringConvertible {
    /// The cause, such as "curl: Timeout was reached"; never a URL.
    public let description: String

    /// Whether the other server may have got the request.
    package internal(set) var mayHaveArrived = false

    /// The request was not sent.
    static let tooManyWaiting = CurlError(description: "curl: too many requests are waiting")
}
