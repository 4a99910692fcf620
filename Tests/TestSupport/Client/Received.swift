/// A reply as a client reads it.
package struct Received: Equatable {
    package var status = 0
    /// Names in small letters.
    package var headers: [String: String] = [:]
    package var body: [UInt8] = []
    /// The head as it came.
    package var head = ""

    package var text: String { String(decoding: body, as: UTF8.self) }
}

/// A frame as a client reads it.
package struct ReceivedFrame: Equatable {
    package var opcode: UInt8
    package var payload: [UInt8]

    package init(opcode: UInt8, payload: [UInt8] = []) {
        self.opcode = opcode
        self.payload = payload
    }

    package static func text(_ text: String) -> ReceivedFrame {
        .init(opcode: 1, payload: Array(text.utf8))
    }

    package static func close(_ code: UInt16) -> ReceivedFrame {
        .init(opcode: 8, payload: [UInt8(code >> 8), UInt8(code & 0xFF)])
    }

    package var closeCode: UInt16? {
        opcode == 8 && payload.count >= 2 ? UInt16(payload[0]) << 8 | UInt16(payload[1]) : nil
    }
}

extension ReceivedFrame {
    /// Takes the server's next frame: never masked, never a fragment (RFC 6455 §5.1).
    package init(taking take: (Int) throws -> [UInt8]) throws {
        let head = try take(2)
        guard head[0] & 0xF0 == 0x80, head[1] & 0x80 == 0 else {
            throw Fault("a frame begins with \(head)")
        }
        var length = Int(head[1])
        if length > 125 {
            length = try take(length == 126 ? 2 : 8).reduce(0) { $0 << 8 | Int($1) }
        }
        self.init(opcode: head[0] & 0xF, payload: try take(length))
    }
}
