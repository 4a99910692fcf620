/// The routes of a server: built once, then only read.
public struct Router: Sendable {
    /// Answers a request; runs on the connection's loop and must not block it.
    public typealias Handler = @Sendable (Request) -> Reply

    struct Route: Sendable {
        let path: [UInt8]
        /// The path's segments where it has a parameter (`{name}`); nil for a literal path.
        let segments: [Segment]?
        var endpoints: [Endpoint] = []
    }

    enum Segment: Sendable {
        case literal([UInt8])
        case parameter(String)
    }

    struct Endpoint: Sendable {
        /// From 0, in the order in which endpoints were added.
        let number: Int
        let method: Method
        let bodyLimit: Int
        let handler: Handler
    }

    enum Match {
        case endpoint(Endpoint, parameters: [(name: String, value: String)])
        case methodNotAllowed(allow: String)
        /// `OPTIONS *`: what the server as a whole can do.
        case serverOptions(allow: String)
        case notFound
    }

    private var routes: [Route] = []

    /// Method and path of each endpoint, by its number.
    package private(set) var names: [(method: String, path: String)] = []

    /// The largest body of a route that names no other limit, in bytes.
    public static let defaultBodyLimit = 64 << 10

    /// No routes yet.
    public init() {}

    /// Adds a route.
    ///
    /// `{name}` stands for one whole segment of the path.
    ///
    /// Adding the same method and path twice is a programmer's error and traps at start.
    public mutating func on(
        _ method: Method, _ path: String, bodyLimit: Int = Router.defaultBodyLimit,
        _ handler: @escaping Handler
    ) {
        let endpoint = Endpoint(
            number: names.count, method: method, bodyLimit: bodyLimit, handler: handler)
        names.append((method.description, path))
        let bytes = Array(path.utf8)
        guard let index = routes.firstIndex(where: { $0.path == bytes }) else {
            let segments = path.contains("{") ? Self.segments(of: path) : nil
            routes.append(Route(path: bytes, segments: segments, endpoints: [endpoint]))
            return
        }
        let isTaken = routes[index].endpoints.contains { $0.method == method }
        precondition(!isTaken, "two handlers for \(method) \(path)")
        routes[index].endpoints.append(endpoint)
    }

    /// Finds the endpoint of a request.
    ///
    /// Literal paths come before those with parameters.
    func match(_ request: Request) -> Match {
        let method = request.method
        let path = request.pathBytes
        for route in routes where route.segments == nil && path.elementsEqual(route.path) {
            return Self.select(method, in: route, parameters: [])
        }
        for route in routes {
            guard let parameters = Self.parameters(of: path, in: route) else { continue }
            return Self.select(method, in: route, parameters: parameters)
        }
        if method == .options, path.elementsEqual([UInt8(ascii: "*")]) {
            return .serverOptions(allow: Self.allow(routes, and: ["OPTIONS"]))
        }
        return .notFound
    }

    private static func select(
        _ method: Method, in route: Route, parameters: [(name: String, value: String)]
    ) -> Match {
        if let endpoint = route.endpoints.first(where: { $0.method == method }) {
            return .endpoint(endpoint, parameters: parameters)
        }
        // HEAD works wherever GET does (RFC 9110 §9.3.2).
        if method == .head, let endpoint = route.endpoints.first(where: { $0.method == .get }) {
            return .endpoint(endpoint, parameters: parameters)
        }
        return .methodNotAllowed(allow: allow([route]))
    }

    private static func allow(_ routes: [Route], and others: Set<String> = []) -> String {
        var methods = others.union(routes.flatMap(\.endpoints).map(\.method.description))
        if methods.contains("GET") { methods.insert("HEAD") }
        return methods.sorted().joined(separator: ", ")
    }

    private static func segments(of path: String) -> [Segment] {
        path.split(separator: "/", omittingEmptySubsequences: false).map { segment in
            segment.hasPrefix("{")
                ? .parameter(String(segment.dropFirst().dropLast())) : .literal(Array(segment.utf8))
        }
    }

    private static func parameters(
        of path: ArraySlice<UInt8>, in route: Route
    ) -> [(name: String, value: String)]? {
        guard let segments = route.segments else { return nil }
        let parts = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count == segments.count else { return nil }
        var parameters: [(name: String, value: String)] = []
        for (segment, part) in zip(segments, parts) {
            switch segment {
            case .literal(let literal):
                guard part.elementsEqual(literal) else { return nil }
            case .parameter(let name):
                guard !part.isEmpty else { return nil }
                parameters.append((name, String(decoding: part, as: UTF8.self)))
            }
        }
        return parameters
    }
}
