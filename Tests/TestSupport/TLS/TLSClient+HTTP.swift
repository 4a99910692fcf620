extension TLSClient {
    /// Sends a request and reads its reply, which has a length.
    package func ask(
        _ method: String, _ path: String, _ lines: [String] = [], body: [UInt8]? = nil
    ) throws -> (status: Int, body: [UInt8]) {
        try request(method, path, lines, body: body)
        return try reply()
    }

    package func request(
        _ method: String, _ path: String, _ lines: [String] = [], body: [UInt8]? = nil
    ) throws {
        let length = body.map { ["Content-Length: \($0.count)"] } ?? []
        let head = (["\(method) \(path) HTTP/1.1", "Host: test"] + lines + length)
            .map { $0 + "\r\n" }.joined()
        try send(Array((head + "\r\n").utf8) + (body ?? []))
    }

    package func reply() throws -> (status: Int, body: [UInt8]) {
        let lines = try take(upTo: "\r\n\r\n").split(whereSeparator: \.isNewline)
        let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        let length = lines.first { $0.lowercased().hasPrefix("content-length: ") }
            .flatMap { Int($0.dropFirst(16)) }
        return (status ?? 0, try take(length ?? 0))
    }

    /// Turns the connection into a WebSocket; returns the status.
    package func upgrade(_ path: String = "/ws") throws -> Int {
        try ask(
            "GET", path,
            [
                "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            ]
        ).status
    }

    package func send(_ frame: ClientFrame) throws { try send(frame.bytes) }

    /// The server's next frame.
    package func frame() throws -> ReceivedFrame { try ReceivedFrame(taking: take) }
}
