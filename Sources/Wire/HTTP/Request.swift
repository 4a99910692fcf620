/// A request as it was received: nothing in it is decoded before it is asked for.
public struct Request: Sendable {
    /// What is asked for.
    public let method: Method
    /// The header fields; Host is among them and valid in HTTP/1.1.
    public let headers: Headers
    /// The body without its framing; empty in `RequestParser.Step.head`.
    public internal(set) var body: [UInt8]
    /// 1 in `HTTP/1.1`; higher ones are read as 1.1 (RFC 9110 §2.5).
    public let minorVersion: Int
    /// Whether the connection may take another request after this one (RFC 9112 §9.3).
    ///
    /// HTTP/1.0 is never kept alive: a proxy that does not know `Connection` forwards it, and then
    /// both sides wait for each other (RFC 9112 §C.2.2).
    public let keepAlive: Bool
    /// Whether the client waits for `100 Continue` before it sends the body (RFC 9110 §10.1.1).
    public let expectsContinue: Bool
    /// Names the request in logs and replies: the client's own id or one the server made.
    public internal(set) var id = ""
    /// The address of the other end of the connection.
    public internal(set) var peer = SocketAddress()
    /// The segments that stand for `{name}` in the route's path.
    public internal(set) var parameters: [(name: String, value: String)] = []
    private let parts: RequestTarget

    init(
        method: Method, target: RequestTarget, headers: Headers, body: [UInt8] = [],
        minorVersion: UInt8, keepAlive: Bool, expectsContinue: Bool
    ) {
        self.method = method
        self.headers = headers
        self.body = body
        self.minorVersion = Int(minorVersion)
        self.keepAlive = keepAlive
        self.expectsContinue = expectsContinue
        parts = target
    }

    /// A request made by hand, for tests; nothing is checked, and `target` is in origin-form.
    public init(
        method: Method = .get, target: String = "/", headers: [(String, String)] = [],
        body: [UInt8] = [], minorVersion: Int = 1, keepAlive: Bool = true,
        expectsContinue: Bool = false
    ) {
        let bytes = Array(target.utf8)
        self.init(
            method: method, target: RequestTarget(bytes, 0..<bytes.count),
            headers: Headers(prefix: bytes, headers), body: body,
            minorVersion: UInt8(clamping: minorVersion), keepAlive: keepAlive,
            expectsContinue: expectsContinue)
    }

    /// The target as received: `/path?query`, `http://host/path?query` or `*` (RFC 9112 §3.2).
    public var target: String { text(parts.whole) }

    /// The path as received, percent-encoding included, for example `/api/user/me`; `*` for the
    /// asterisk-form, the path alone for the absolute-form.
    public var path: String { text(parts.path) }

    /// The bytes of `path`; nothing is copied or allocated.
    public var pathBytes: ArraySlice<UInt8> { headers.bytes[parts.path] }

    /// What stands behind the first `?`, as received; nil without one.
    public var query: String? { parts.query.map(text) }

    /// The first value of a query item, `+` read as a space and percent-encoding decoded.
    ///
    /// Empty if the item has no `=`. Nil if there is no such item, or if the first one holds an
    /// invalid escape or is not UTF-8. **Source**: WHATWG URL §5.1, but strict.
    public func queryItem(_ name: String) -> String? {
        guard let range = parts.query else { return nil }
        for item in headers.bytes[range].split(separator: UInt8(ascii: "&")) {
            let key = item.prefix { $0 != UInt8(ascii: "=") }
            guard key.formDecoded()?.elementsEqual(name.utf8) == true else { continue }
            return item[key.endIndex...].dropFirst().formDecoded().flatMap {
                String(validating: $0, as: UTF8.self)
            }
        }
        return nil
    }

    private func text(_ range: Range<Int>) -> String {
        String(decoding: headers.bytes[range], as: UTF8.self)
    }
}

extension ArraySlice<UInt8> {
    /// `application/x-www-form-urlencoded` decoded; nil if a `%` is not followed by two hex digits.
    fileprivate func formDecoded() -> [UInt8]? {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(count)
        var rest = self
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): decoded.append(.space)
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst()?.hexDigitValue,
                    let low = rest.popFirst()?.hexDigitValue
                else { return nil }
                decoded.append(high << 4 | low)
            default: decoded.append(byte)
            }
        }
        return decoded
    }
}
