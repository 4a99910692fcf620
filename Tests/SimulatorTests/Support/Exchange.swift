import Glibc
import Loop
import OTPless
import TestSupport
import Testing

/// An HTTP reply as it came.
struct Reply {
    let status: Int
    /// Names in small letters.
    let headers: [String: String]
    let body: [UInt8]

    var json: JSONValue? { try? JSONDocument(body).root }

    var text: String { String(decoding: body, as: UTF8.self) }
}

/// Sends a request over a connection of its own, from a thread that may wait.
func exchange(
    _ method: String, _ path: String, _ body: String? = nil, headers: [String] = [], port: UInt16,
    patience: Duration = .seconds(30)
) async throws -> Reply {
    var length = body.map { ["Content-Length: \($0.utf8.count)"] } ?? []
    let hasType = headers.contains { $0.hasPrefix("Content-Type") }
    if body != nil, !hasType { length.append("Content-Type: application/json") }
    let lines =
        ["\(method) \(path) HTTP/1.1", "Host: test", "Connection: close"] + headers + length
    let request = Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")).utf8)
    let result = await withCheckedContinuation { continuation in
        let thread = try? Thread(name: "client") {
            continuation.resume(returning: Result { try converse(request, port, patience) })
        }
        if thread == nil { continuation.resume(returning: .failure(Fault("no thread"))) }
    }
    return try Reply(result.get())
}

extension Reply {
    /// Reads a whole reply.
    fileprivate init(_ bytes: [UInt8]) throws {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else {
            throw Fault("not a reply: \(String(decoding: bytes, as: UTF8.self))")
        }
        let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
        let lines = head.split(separator: "\r\n").map { $0.split(separator: " ", maxSplits: 1) }
        status = lines.first.flatMap { Int($0[1].prefix(3)) } ?? 0
        headers = Dictionary(
            lines.dropFirst().map { ($0[0].dropLast().lowercased(), String($0[1])) },
            uniquingKeysWith: { first, _ in first })
        body = Array(bytes[end.upperBound...])
    }
}

private func converse(
    _ request: [UInt8], _ port: UInt16, _ patience: Duration
) throws -> [UInt8] {
    let descriptor = try Loopback.connect(to: port, patience: patience)
    defer { close(descriptor) }
    // A request of a test fits into the socket's buffer.
    guard unsafe send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count
    else { throw Fault("send: errno \(errno)") }
    return try readAll(descriptor)
}

private func readAll(_ descriptor: Int32) throws -> [UInt8] {
    var (bytes, chunk) = ([UInt8](), [UInt8](repeating: 0, count: 65_536))
    while true {
        let count = unsafe recv(descriptor, &chunk, chunk.count, 0)
        guard count >= 0 else { throw Fault("recv: errno \(errno)") }
        guard count > 0 else { return bytes }
        bytes += chunk[..<count]
    }
}
