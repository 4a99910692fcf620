import Loop
import Wire

/// Runs a server on loopback and a port of the system's choice for as long as `body` does.
///
/// A body that throws may leave a loop that is stuck: it is left alone, so that the failure shows.
func withServer(
    loops count: Int = 1, times: TimeLimits = TimeLimits(), places: Int = .max,
    routes: (inout Router) -> Void,
    _ body: (Server) async throws -> Void
) async throws {
    let loops = try LoopGroup(count: count)
    var router = Router()
    routes(&router)
    var configuration = Server.Configuration(addresses: [try loopback()], refusals: refused)
    configuration.times = times
    configuration.connections.total = places
    let server = try await Server(configuration, router: router, on: loops.loops)
    try await body(server)
    await server.drain(within: .milliseconds(100))
    loops.stop()
}

/// What the tests' servers answer below the router.
let refused: Server.Refusals = { status in
    Response(status: status, contentType: "text/plain", body: Array("refused \(status)".utf8))
}

struct NoAddress: Error {}

func loopback(_ port: UInt16 = 0) throws -> SocketAddress {
    guard let address = SocketAddress("127.0.0.1:\(port)") else { throw NoAddress() }
    return address
}

extension TimeLimits {
    /// The defaults but for one limit, which is to pass.
    static func with(
        _ limit: WritableKeyPath<TimeLimits, Duration>, _ time: Duration = .milliseconds(50)
    ) -> TimeLimits {
        var times = TimeLimits()
        times[keyPath: limit] = time
        return times
    }
}

extension Server {
    var port: UInt16 { addresses[0].port }
}

extension Response {
    /// A short text.
    static func text(_ text: String, status: Int = 200) -> Response {
        Response(status: status, contentType: "text/plain", body: Array(text.utf8))
    }
}

/// Closed until somebody opens it; one may wait.
struct Gate: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    func open() { continuation.finish() }

    func wait() async { for await _ in stream {} }
}

/// Answers messages with themselves, and a few words with deeds.
final class EchoHandler: WebSocketHandler {
    private let socket: WebSocket
    private let onClosed: @Sendable () -> Void

    init(_ socket: WebSocket, onClosed: @escaping @Sendable () -> Void = {}) {
        self.socket = socket
        self.onClosed = onClosed
    }

    func opened(on loop: isolated EventLoop) {}

    func received(_ message: WebSocketMessage, on loop: isolated EventLoop) {
        switch message {
        case .binary(let bytes): socket.send(binary: bytes, on: loop)
        case .text(let text) where text.elementsEqual("close".utf8):
            socket.close(code: 4000, reason: "asked for", on: loop)
        case .text(let text) where text.elementsEqual("flood".utf8):
            socket.send(binary: [UInt8](repeating: 0, count: 16 << 20), on: loop)
        case .text(let text) where text.elementsEqual("deadline".utf8):
            socket.setDeadline(loop.now + .milliseconds(20), on: loop)
        case .text(let text): socket.send(text: text, on: loop)
        }
    }

    func deadlinePassed(on loop: isolated EventLoop) {
        socket.send(text: Array("deadline passed".utf8), on: loop)
    }

    func closed(on loop: isolated EventLoop) { onClosed() }
}

extension Router {
    /// Adds a WebSocket that echoes.
    mutating func onEcho(_ path: String = "/ws", closed: @escaping @Sendable () -> Void = {}) {
        on(.get, path) { _ in .now(.echo(closed)) }
    }
}

extension Response {
    static func echo(_ closed: @escaping @Sendable () -> Void = {}) -> Response {
        Response(
            upgrade: WebSocketUpgrade(accept: "proof", limits: .forTests) { socket, _ in
                EchoHandler(socket, onClosed: closed)
            })
    }
}
