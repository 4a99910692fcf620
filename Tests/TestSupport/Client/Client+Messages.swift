import Testing

extension Client {
    /// Sends a request with these header lines and a body, which gets its length.
    package func request(
        _ method: String, _ path: String, _ lines: [String] = [], body: String? = nil
    ) throws {
        let length = body.map { ["Content-Length: \($0.utf8.count)"] } ?? []
        let head = ["\(method) \(path) HTTP/1.1", "Host: test"] + lines + length
        try send(head.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? ""))
    }

    /// Sends a request and reads its reply.
    package func ask(
        _ method: String, _ path: String, _ lines: [String] = [], body: String? = nil
    ) async throws -> Received {
        try request(method, path, lines, body: body)
        return try await reply(isToHead: method == "HEAD")
    }

    /// The next reply; one to HEAD has a length but no body.
    package func reply(isToHead: Bool = false) async throws -> Received {
        var reply = Received()
        reply.head = String(decoding: try await takeHead(), as: UTF8.self)
        let lines = reply.head.split(separator: "\r\n", omittingEmptySubsequences: false)
        reply.status = Int(lines[0].split(separator: " ")[1]) ?? 0
        for line in lines.dropFirst() where !line.isEmpty {
            let parts = line.split(separator: ":", maxSplits: 1)
            reply.headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        let length = reply.headers["content-length"].flatMap(Int.init) ?? 0
        if !isToHead { reply.body = try await take(length) }
        return reply
    }

    private func takeHead() async throws -> [UInt8] {
        var head: [UInt8] = []
        while !head.suffix(4).elementsEqual([13, 10, 13, 10]) { head += try await take(1) }
        return head
    }

    /// Turns the connection into a WebSocket; `frames` go in the same write as the request.
    package func upgrade(_ path: String = "/ws", frames: [ClientFrame] = []) async throws
        -> Received
    {
        try sendUpgrade(path, frames: frames)
        return try await reply()
    }

    /// Asks for a WebSocket and does not wait for the reply.
    package func sendUpgrade(_ path: String = "/ws", frames: [ClientFrame] = []) throws {
        let head = """
            GET \(path) HTTP/1.1\r
            Host: test\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Version: 13\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            \r

            """
        try send(Array(head.utf8) + frames.flatMap(\.bytes))
    }

    package func send(_ frame: ClientFrame) throws { try send(frame.bytes) }

    /// The server's next frame: never masked, never a fragment (RFC 6455 §5.1).
    package func frame() async throws -> ReceivedFrame {
        let head = try await take(2)
        #expect(head[0] & 0xF0 == 0x80 && head[1] & 0x80 == 0)
        var length = Int(head[1])
        if length > 125 {
            length = try await take(length == 126 ? 2 : 8).reduce(0) { $0 << 8 | Int($1) }
        }
        return ReceivedFrame(opcode: head[0] & 0xF, payload: try await take(length))
    }
}
