import Loop
import OTPless
import Wire

/// What conformance suites ask a server for: the product's parser, writer and WebSockets, without the product.
struct Echo {
    /// The largest body and the largest WebSocket message, in bytes.
    static let limit = 16 << 20

    /// Every path of the server.
    static var routes: Router {
        var router = Router()
        router.on(.get, "/") { _ in .now(text("OK")) }
        for method in [Wire.Method.post, .put, .delete, .patch, .options] {
            router.on(method, "/", bodyLimit: limit) { .now(text($0.body)) }
        }
        router.on(.post, "/json", bodyLimit: limit) { .now(judge($0.body)) }
        for method in [Wire.Method.get, .post] {
            router.on(method, "/echo", bodyLimit: limit) { .now(text(lines(of: $0))) }
            router.on(method, "/cookie", bodyLimit: limit) { .now(text(cookies(of: $0))) }
        }
        router.on(.get, "/big") { _ in
            .now(text([UInt8](repeating: UInt8(ascii: "x"), count: (4 << 20) + 1)))
        }
        router.on(.get, "/ws") { .now(upgrade($0)) }
        return router
    }

    static func text(_ text: String) -> Response { Self.text(Array(text.utf8)) }

    static func text(_ body: [UInt8]) -> Response {
        Response(status: 200, contentType: "text/plain; charset=utf-8", body: body)
    }

    /// 200 for what the product takes for JSON, else 400.
    private static func judge(_ body: [UInt8]) -> Response {
        let isJSON = (try? JSONDocument(body)) != nil
        return Response(status: isJSON ? 200 : 400, contentType: "text/plain; charset=utf-8")
    }

    private static func lines(of request: Request) -> String {
        request.headers.map { "\($0.name): \($0.value)\n" }.joined()
    }

    /// RFC 6265 §4.2.1: pairs with semicolons between them.
    private static func cookies(of request: Request) -> String {
        request.headers.values(of: "cookie").flatMap { $0.split(separator: ";") }
            .map { $0.drop { $0 == " " } + "\n" }.joined()
    }

    private static func upgrade(_ request: Request) -> Response {
        let outcome = WebSocketHandshake.check(
            method: request.method.text, minorVersion: request.minorVersion
        ) { request.headers.values(of: $0.description) }
        guard case .accept(let accept) = outcome else { return Response(status: 426) }
        let limits = WebSocketLimits(maxMessageBytes: limit, acceptsBinary: true)
        return Response(
            upgrade: WebSocketUpgrade(accept: accept, limits: limits) { socket, _ in
                EchoSocket(socket)
            })
    }
}

/// Sends back what it is sent.
private final class EchoSocket: WebSocketHandler {
    private let socket: WebSocket

    init(_ socket: WebSocket) {
        self.socket = socket
    }

    func opened(on loop: isolated EventLoop) {}

    func received(_ message: WebSocketMessage, on loop: isolated EventLoop) {
        switch message {
        case .text(let bytes): socket.send(text: bytes, on: loop)
        case .binary(let bytes): socket.send(binary: bytes, on: loop)
        }
    }

    func deadlinePassed(on loop: isolated EventLoop) {}

    func closed(on loop: isolated EventLoop) {}
}
