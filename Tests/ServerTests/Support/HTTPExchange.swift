import TestSupport

/// A request as a test sends it.
struct HTTPRequest {
    var method: String
    var path: String
    var headers: [(String, String)] = []
    var body: [UInt8]?

    /// What goes over the wire, with Host and Content-Length.
    var bytes: [UInt8] {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        if let body { head += "Content-Length: \(body.count)\r\n" }
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        return Array((head + "\r\n").utf8) + (body ?? [])
    }
}

/// A reply as it came.
struct HTTPReply: CustomStringConvertible {
    let status: Int
    let headers: [(name: String, value: String)]
    let body: [UInt8]

    /// A header field's value; nil unless it is there exactly once.
    subscript(_ name: String) -> String? {
        let values = headers.filter { $0.name == name.lowercased() }
        return values.count == 1 ? values[0].value : nil
    }

    var json: JSON { (try? JSON(body)) ?? .null }

    var text: String { String(decoding: body, as: UTF8.self) }

    var description: String { "\(status) \(text.prefix(300))" }

    /// Whether this is the error envelope of a code, and says its status.
    func isError(_ expected: Int, _ code: String? = nil) -> Bool {
        let error = json["error"]
        return status == expected && json["status"] == .text("error")
            && json["statusCode"] == .number(Double(expected))
            && error["message"].text?.isEmpty == false && error["details"].text?.isEmpty == false
            && self["Content-Type"] == "application/json; charset=utf-8"
            && (code.map { error["code"].text == $0 } ?? (error["code"].text != nil))
    }

    /// Whether this is the success envelope with this message.
    func isSuccess(_ message: String, status expected: Int = 200) -> Bool {
        status == expected && json["status"] == .text("success")
            && json["statusCode"] == .number(Double(expected))
            && json["message"] == .text(message)
            && self["Content-Type"] == "application/json; charset=utf-8"
    }
}

extension TCPSocket {
    func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// Reads one reply; `isToHead` says that none has a body.
    func takeReply(isToHead: Bool = false) throws -> HTTPReply {
        let statusLine = try takeLine().split(separator: " ", maxSplits: 2)
        guard statusLine.count >= 2, statusLine[0] == "HTTP/1.1", let status = Int(statusLine[1])
        else { throw Fault("not a status line: \(statusLine)") }
        var headers: [(name: String, value: String)] = []
        while case let line = try takeLine(), !line.isEmpty {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw Fault("not a field line: \(line)") }
            let value = parts[1].drop { $0 == " " }
            headers.append((parts[0].lowercased(), String(value)))
        }
        let head = HTTPReply(status: status, headers: headers, body: [])
        let hasBody = !isToHead && status != 101 && status != 204 && status != 304
        guard hasBody else { return head }
        guard let length = head["Content-Length"].flatMap({ Int($0) }) else {
            throw Fault("no Content-Length in \(headers)")
        }
        return HTTPReply(status: status, headers: headers, body: try take(length))
    }
}

/// Sends a request over a connection of its own.
func exchange(_ request: HTTPRequest, port: UInt16) throws -> HTTPReply {
    let socket = try TCPSocket(port: port)
    try socket.send(request.bytes)
    return try socket.takeReply(isToHead: request.method == "HEAD")
}
