import TestSupport

/// A page's WebSocket, as a browser opens it (RFC 6455).
final class PageSocket {
    enum Frame: Equatable {
        case event(JSON)
        case close(UInt16)
    }

    private let socket: TCPSocket

    /// The head of the 101.
    let handshake: HTTPReply

    /// RFC 6455 §1.3, and what it says is the answer.
    static let key = "dGhlIHNhbXBsZSBub25jZQ=="
    static let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

    static func request(_ path: String, origin: String? = nil) -> HTTPRequest {
        var headers = [
            ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Key", key),
            ("Sec-WebSocket-Version", "13"),
        ]
        if let origin { headers.append(("Origin", origin)) }
        return HTTPRequest(method: "GET", path: path, headers: headers)
    }

    init(
        session: String, port: UInt16, origin: String? = nil, requestID: String? = nil
    ) throws {
        socket = try TCPSocket(port: port)
        var request = Self.request("/api/auth/ws?sessionId=\(session)", origin: origin)
        if let requestID { request.headers.append(("X-Request-Id", requestID)) }
        try socket.send(request.bytes)
        handshake = try socket.takeReply()
        guard handshake.status == 101, handshake["Sec-WebSocket-Accept"] == Self.accept else {
            throw Fault("no WebSocket: \(handshake)")
        }
    }

    /// The next frame that is not a ping.
    func next() throws -> Frame {
        while true {
            let frame = try ReceivedFrame(taking: socket.take)
            switch frame.opcode {
            case 1: return .event(try JSON(frame.payload))
            case 8:
                try? send(opcode: 8, Array(frame.payload.prefix(2)))
                // A close frame without a code is 1005 (§7.1.5).
                return .close(frame.closeCode ?? 1005)
            case 9: continue
            default: throw Fault("an unexpected frame: \(frame)")
            }
        }
    }

    /// The next frame, which must be an event.
    func nextEvent() throws -> JSON {
        switch try next() {
        case .event(let event): return event
        case .close(let code): throw Fault("closed with \(code) instead of an event")
        }
    }

    /// The next event of that name; that it is pending, and how far the message is, may come before.
    func nextEvent(_ name: String) throws -> JSON {
        while true {
            let event = try nextEvent()
            if event["event"].text == name { return event }
            guard ["pending", "delivery"].contains(event["event"].text) else {
                throw Fault("\(event) came instead of \(name)")
            }
        }
    }

    func send(_ text: String) throws { try send(opcode: 0x1, Array(text.utf8)) }

    /// After the close frames the server ends the connection.
    func waitForEnd() throws {
        let rest = try socket.takeAll()
        guard rest.isEmpty else { throw Fault("\(rest.count) bytes behind the close frame") }
    }

    private func send(opcode: UInt8, _ payload: [UInt8]) throws {
        try socket.send(ClientFrame(opcode: opcode, payload: payload).bytes)
    }
}
