/// A frame as a client sends it; every field may be made wrong.
package struct ClientFrame {
    /// The four bits of the opcode, reserved ones too.
    package var opcode: UInt8
    package var payload: [UInt8]
    package var isFinal: Bool
    /// RSV1 to RSV3, in place: 0x40, 0x20, 0x10.
    package var reserved: UInt8
    /// Nil: not masked.
    package var key: [UInt8]?
    /// Bytes of the length field: 1, 2 or 8; nil: as few as possible.
    package var lengthBytes: Int?
    /// The announced length, if it is not the payload's.
    package var announced: UInt64?

    package init(
        opcode: UInt8, payload: [UInt8] = [], isFinal: Bool = true, reserved: UInt8 = 0,
        key: [UInt8]? = [0x37, 0xFA, 0x21, 0x3D], lengthBytes: Int? = nil, announced: UInt64? = nil
    ) {
        self.opcode = opcode
        self.payload = payload
        self.isFinal = isFinal
        self.reserved = reserved
        self.key = key
        self.lengthBytes = lengthBytes
        self.announced = announced
    }

    package var bytes: [UInt8] {
        let length = announced ?? UInt64(payload.count)
        let form = lengthBytes ?? (length < 126 ? 1 : length < 65536 ? 2 : 8)
        let mark = form == 1 ? UInt8(truncatingIfNeeded: length) : form == 2 ? 126 : 127
        var out = [(isFinal ? 0x80 : 0) | reserved | opcode, (key == nil ? 0 : 0x80) | mark]
        if form > 1 {
            for index in (0..<form).reversed() {
                out.append(UInt8(truncatingIfNeeded: length >> (8 * UInt64(index))))
            }
        }
        guard let key else { return out + payload }
        out += key
        let start = out.count
        out += payload
        Self.mask(&out, from: start, with: key)
        return out
    }

    /// RFC 6455 §5.3, eight bytes at a time: a debug build takes long for each step.
    private static func mask(_ bytes: inout [UInt8], from start: Int, with key: [UInt8]) {
        let twice = key + key
        let word = unsafe twice.withUnsafeBytes { unsafe $0.loadUnaligned(as: UInt64.self) }
        unsafe bytes.withUnsafeMutableBytes { bytes in
            var index = start
            while index + 8 <= bytes.count {
                let masked =
                    unsafe bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) ^ word
                unsafe bytes.storeBytes(of: masked, toByteOffset: index, as: UInt64.self)
                index += 8
            }
            for (index, byte) in zip(index..<bytes.count, twice) {
                unsafe bytes[index] ^= byte
            }
        }
    }
}

extension ClientFrame {
    package static func text(_ text: String, isFinal: Bool = true) -> ClientFrame {
        ClientFrame(opcode: 0x1, payload: Array(text.utf8), isFinal: isFinal)
    }

    package static func text(_ payload: [UInt8], isFinal: Bool = true) -> ClientFrame {
        ClientFrame(opcode: 0x1, payload: payload, isFinal: isFinal)
    }

    package static func binary(_ payload: [UInt8], isFinal: Bool = true) -> ClientFrame {
        ClientFrame(opcode: 0x2, payload: payload, isFinal: isFinal)
    }

    package static func continuation(_ payload: [UInt8], isFinal: Bool = true) -> ClientFrame {
        ClientFrame(opcode: 0x0, payload: payload, isFinal: isFinal)
    }

    package static func continuation(_ text: String, isFinal: Bool = true) -> ClientFrame {
        continuation(Array(text.utf8), isFinal: isFinal)
    }

    package static func ping(_ payload: [UInt8] = []) -> ClientFrame {
        ClientFrame(opcode: 0x9, payload: payload)
    }

    package static func pong(_ payload: [UInt8] = []) -> ClientFrame {
        ClientFrame(opcode: 0xA, payload: payload)
    }

    package static func close(_ payload: [UInt8] = []) -> ClientFrame {
        ClientFrame(opcode: 0x8, payload: payload)
    }

    package static func close(code: UInt16, reason: [UInt8] = []) -> ClientFrame {
        close([UInt8(code >> 8), UInt8(code & 0xFF)] + reason)
    }
}
