import OTPless
import TestSupport
import Testing

/// A frame of the gateway, as a page reads it.
struct Event {
    let name: String
    let status: Int64
    private let root: JSONValue

    /// Reads a text frame, which must be an envelope.
    init(_ frame: ReceivedFrame) throws {
        #expect(frame.opcode == 1)
        root = try JSONDocument(frame.payload).root
        name = root["event"]?.string ?? ""
        status = root["statusCode"]?.integer ?? 0
        #expect(root["status"]?.equals(status < 400 ? "success" : "error") == true)
    }

    /// A member of `data`.
    subscript(_ name: String) -> JSONValue? { root["data"]?[name] }

    func text(_ name: String) -> String? { self[name]?.string }

    var message: String? { root["message"]?.string }

    /// The code of an error.
    var code: String? { root["error"]?["code"]?.string }
}

extension Client {
    /// The next frame, as an event.
    func event() async throws -> Event { try Event(try await frame()) }

    /// The code of the close frame that must come next; it is answered, and the end is awaited.
    func closing() async throws -> UInt16? {
        let frame = try await frame()
        if let code = frame.closeCode { try send(.close(code: code)) }
        #expect(try await rest().isEmpty)
        return frame.closeCode
    }

    func hello(_ verifier: String) throws {
        try send(.text(#"{"event":"hello","codeVerifier":"\#(verifier)"}"#))
    }

    func acknowledge() throws { try send(.text(#"{"event":"ack"}"#)) }
}
