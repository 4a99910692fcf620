/// What a request asks for (RFC 9110 §9); case-sensitive, so `get` is `.other("get")`.
public enum Method: Hashable, Sendable {
    /// `GET`
    case get
    /// `HEAD`
    case head
    /// `POST`
    case post
    /// `PUT`
    case put
    /// `DELETE`
    case delete
    /// `OPTIONS`
    case options
    /// `PATCH` (RFC 5789)
    case patch
    /// `TRACE`
    case trace
    /// `CONNECT`; the parser refuses it.
    case connect
    /// Any other token of at most 64 bytes.
    case other(String)

    /// The method with this name, as it stands in a request line.
    public init(_ text: String) {
        switch text {
        case "GET": self = .get
        case "HEAD": self = .head
        case "POST": self = .post
        case "PUT": self = .put
        case "DELETE": self = .delete
        case "OPTIONS": self = .options
        case "PATCH": self = .patch
        case "TRACE": self = .trace
        case "CONNECT": self = .connect
        default: self = .other(text)
        }
    }

    /// The name as it stands in a request line, for example `GET`.
    public var text: String {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .delete: "DELETE"
        case .options: "OPTIONS"
        case .patch: "PATCH"
        case .trace: "TRACE"
        case .connect: "CONNECT"
        case .other(let text): text
        }
    }
}

extension Method: CustomStringConvertible {
    /// The name as it stands in a request line.
    public var description: String { text }
}
