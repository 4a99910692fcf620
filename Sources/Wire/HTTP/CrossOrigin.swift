/// Which pages of other origins may call which paths and read the replies: the CORS protocol of the
/// Fetch Standard (§3.3).
public final class CrossOrigin: Sendable {
    /// An origin, and the header lines of replies to it.
    private struct Allowed: Sendable {
        let origin: [UInt8]
        let lines: [UInt8]
        let linesWithCredentials: [UInt8]
    }

    /// What a preflight comes to.
    enum Preflight {
        case allowed(Response)
        case foreign
    }

    private let allowed: [Allowed]
    private let prefixes: [[UInt8]]
    private let credentialed: [[UInt8]]

    /// Caches must know, also from replies to others, that a reply depends on the origin.
    private let vary = Array("Vary: Origin\r\n".utf8)

    /// What pages may read beside the body and what the standard lists.
    private static let exposed = "Date, Retry-After, X-Request-Id"

    /// What a page may send beside what the standard lists.
    private static let requestHeaders = "Authorization, Content-Type, X-Request-Id"

    /// Seconds for which a browser need not ask again; Chromium keeps no answer for longer.
    private static let maxAge = "7200"

    /// Lets pages of these origins call all below some paths.
    ///
    /// - Parameters:
    ///   - origins: As browsers send them: lower case, no default port.
    ///   - credentialed: The paths at which their cookies may come along.
    public init(origins: [String], below prefixes: [String], cookiesAt credentialed: [String] = [])
    {
        allowed = origins.map { origin in
            let lines =
                "Vary: Origin\r\nAccess-Control-Allow-Origin: \(origin)\r\n"
                + "Access-Control-Expose-Headers: \(Self.exposed)\r\n"
            return Allowed(
                origin: Array(origin.utf8), lines: Array(lines.utf8),
                linesWithCredentials: Array(
                    (lines + "Access-Control-Allow-Credentials: true\r\n").utf8))
        }
        self.prefixes = prefixes.map { Array($0.utf8) }
        self.credentialed = credentialed.map { Array($0.utf8) }
    }

    /// The header lines of a reply; none where no page of another origin has any business.
    func lines(path: ArraySlice<UInt8>, _ headers: Headers) -> [UInt8] {
        guard covers(path) else { return [] }
        guard let caller = caller(headers) else { return vary }
        let isCredentialed = credentialed.contains { path.elementsEqual($0) }
        return isCredentialed ? caller.linesWithCredentials : caller.lines
    }

    /// What a browser is told that asks whether a page may send a request; nil if it does not ask that.
    func preflight(_ request: Request, methods: String) -> Preflight? {
        guard request.method == .options, covers(request.pathBytes),
            request.headers.count(of: "origin") > 0,
            request.headers.count(of: "access-control-request-method") > 0
        else { return nil }
        guard caller(request.headers) != nil else { return .foreign }
        return .allowed(
            Response(
                status: 204,
                headers: [
                    ("Access-Control-Allow-Methods", methods),
                    ("Access-Control-Allow-Headers", Self.requestHeaders),
                    ("Access-Control-Max-Age", Self.maxAge), ("Cache-Control", "no-store"),
                ]))
    }

    private func covers(_ path: ArraySlice<UInt8>) -> Bool {
        for prefix in prefixes where path.count > prefix.count {
            if Self.begins(path.span, with: prefix.span) { return true }
        }
        return false
    }

    /// Each request is asked this: bytes of a span are compared without a word to the allocator.
    private static func begins(_ path: Span<UInt8>, with prefix: Span<UInt8>) -> Bool {
        for index in prefix.indices where path[index] != prefix[index] { return false }
        return true
    }

    /// A browser sends one Origin; of several none counts.
    private func caller(_ headers: Headers) -> Allowed? {
        guard let origin = headers.bytes(of: "origin"), headers.count(of: "origin") == 1 else {
            return nil
        }
        return allowed.first { $0.origin.elementsEqual(origin) }
    }
}
