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
