import TestSupport
import Testing
import Wire

@Suite struct FrameParserTests {
    /// What the parser makes of the pieces: frames, then how it ended.
    private struct Reading: Equatable {
        var frames: [Frame] = []
        var isFailed = false
        var read = 0
    }

    private struct Frame: Equatable {
        var opcode: Opcode
        var isFinal: Bool
        var payload: [UInt8]
    }

    private func read(_ pieces: [[UInt8]]) -> Reading {
        var parser = FrameParser()
        var payload: [UInt8] = []
        var reading = Reading()
        for piece in pieces {
            var offset = 0
            defer { reading.read += offset }
            while offset < piece.count {
                if !parser.isInPayload {
                    let step = parser.readHeader(piece.span, from: &offset)
                    reading.isFailed = step == .failed
                    guard step == .header else { break }
                }
                guard parser.readPayload(piece.span, from: &offset, appendingTo: &payload) else {
                    break
                }
                reading.frames.append(
                    Frame(opcode: parser.opcode, isFinal: parser.isFinal, payload: payload))
                payload = []
            }
            if reading.isFailed { break }
        }
        return reading
    }

    /// What the parser makes of the bytes, the same in every way of feeding.
    private func readEveryWay(_ bytes: [UInt8]) -> Reading {
        let whole = read([bytes])
        for pieces in feedings(of: bytes) { #expect(read(pieces) == whole) }
        return whole
    }

    /// Expects the failure, at the byte of this index, in every way of feeding.
    private func expectFailure(of frame: ClientFrame, at index: Int) {
        for pieces in feedings(of: frame.bytes) {
            #expect(read(pieces) == Reading(isFailed: true, read: index))
        }
    }

    @Test(arguments: [
        0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 125, 126, 127, 128, 65535, 65536, 65537,
    ])
    func `a payload of any length comes out unmasked`(length: Int) {
        let payload = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let next = ClientFrame.ping([1, 2, 3])
        let bytes = ClientFrame.binary(payload).bytes + next.bytes
        let expected = [
            Frame(opcode: .binary, isFinal: true, payload: payload),
            Frame(opcode: .ping, isFinal: true, payload: [1, 2, 3]),
        ]
        for pieces in feedings(of: bytes) {
            let reading = read(pieces)
            #expect(reading.frames == expected && !reading.isFailed && reading.read == bytes.count)
        }
    }

    @Test func `the masked Hello of RFC 6455 section 5.7 is read`() {
        let bytes: [UInt8] = [
            0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58,
        ]
        let hello = Frame(opcode: .text, isFinal: true, payload: Array("Hello".utf8))
        #expect(readEveryWay(bytes).frames == [hello])
    }

    @Test(arguments: [0x0, 0x1, 0x2] as [UInt8], [true, false])
    func `opcode and final bit are told`(opcode: UInt8, isFinal: Bool) {
        let frame = ClientFrame(opcode: opcode, payload: [7], isFinal: isFinal)
        let reading = readEveryWay(frame.bytes)
        #expect(reading.frames.map(\.opcode.rawValue) == [opcode])
        #expect(reading.frames.map(\.isFinal) == [isFinal])
    }

    @Test(arguments: [0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70] as [UInt8], [0x1, 0x2, 0x8, 0x9])
    func `a reserved bit is a protocol error`(reserved: UInt8, opcode: UInt8) {
        expectFailure(of: ClientFrame(opcode: opcode, payload: [1], reserved: reserved), at: 0)
    }

    @Test(arguments: [0x3, 0x4, 0x5, 0x6, 0x7, 0xB, 0xC, 0xD, 0xE, 0xF] as [UInt8])
    func `a reserved opcode is a protocol error`(opcode: UInt8) {
        expectFailure(of: ClientFrame(opcode: opcode), at: 0)
        expectFailure(of: ClientFrame(opcode: opcode, payload: [1, 2]), at: 0)
    }

    @Test(arguments: [0, 5, 126, 65536])
    func `an unmasked client frame is a protocol error`(length: Int) {
        let payload = [UInt8](repeating: 65, count: length)
        expectFailure(of: ClientFrame(opcode: 0x1, payload: payload, key: nil), at: 1)
    }

    @Test(arguments: [0x8, 0x9, 0xA] as [UInt8])
    func `a fragmented control frame is a protocol error`(opcode: UInt8) {
        expectFailure(of: ClientFrame(opcode: opcode, isFinal: false), at: 0)
    }

    @Test(arguments: [0x8, 0x9, 0xA] as [UInt8])
    func `a control frame of 125 bytes is read, a longer one is a protocol error`(opcode: UInt8) {
        let longest = [UInt8](repeating: 65, count: 125)
        #expect(readEveryWay(ClientFrame(opcode: opcode, payload: longest).bytes).frames.count == 1)
        expectFailure(of: ClientFrame(opcode: opcode, payload: longest + [65]), at: 1)
        expectFailure(of: ClientFrame(opcode: opcode, payload: [], lengthBytes: 2), at: 1)
        expectFailure(of: ClientFrame(opcode: opcode, payload: [], lengthBytes: 8), at: 1)
    }

    @Test(arguments: [(0, 2), (125, 2), (0, 8), (125, 8), (126, 8), (65535, 8)])
    func `a length not in its shortest form is a protocol error`(length: Int, bytes: Int) {
        let payload = [UInt8](repeating: 65, count: length)
        let frame = ClientFrame(opcode: 0x2, payload: payload, lengthBytes: bytes)
        expectFailure(of: frame, at: 1 + bytes)
    }

    @Test(arguments: [1 << 63, UInt64.max])
    func `a length with its highest bit is a protocol error`(length: UInt64) {
        expectFailure(of: ClientFrame(opcode: 0x2, announced: length), at: 2)
    }

    @Test func `the greatest length is waited for`() {
        let frame = ClientFrame(opcode: 0x2, payload: [1, 2, 3], announced: UInt64(Int64.max))
        #expect(readEveryWay(frame.bytes) == Reading(read: 17))
    }

    @Test(arguments: 0..<4)
    func `a piece may start at any byte of the mask`(skipped: Int) {
        let text = Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)
        let key: [UInt8] = [0x01, 0x80, 0x00, 0xFF]
        for length in 0..<text.count - skipped {
            var mask = MaskingKey()
            for byte in key { mask.append(byte) }
            let masked = text.enumerated().map { $1 ^ key[$0 % 4] }
            var out: [UInt8] = []
            let (first, second) = (0..<skipped, skipped..<skipped + length)
            for range in [first, second, skipped + length..<masked.count] {
                mask.unmask(masked.span.extracting(range), appendingTo: &out)
            }
            #expect(out == text)
        }
    }
}

@Suite struct WebSocketFrameTests {
    @Test(
        arguments: [
            (0, [0x82, 0]), (1, [0x82, 1]), (125, [0x82, 125]), (126, [0x82, 126, 0, 126]),
            (127, [0x82, 126, 0, 127]), (128, [0x82, 126, 0, 128]), (65535, [0x82, 126, 255, 255]),
            (65536, [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] as [(Int, [UInt8])])
    func `a frame is written unmasked with the shortest length`(length: Int, header: [UInt8]) {
        let payload = [UInt8](repeating: 0x5A, count: length)
        var out: [UInt8] = [9]
        WebSocketFrame.append(.binary, payload: payload, to: &out)
        #expect(out == [9] + header + payload)
    }

    @Test func `the frames of RFC 6455 section 5.7 are written as they stand there`() {
        var out: [UInt8] = []
        WebSocketFrame.append(.text, payload: "Hello".utf8, to: &out)
        WebSocketFrame.append(.ping, payload: "Hello".utf8, to: &out)
        let hello: [UInt8] = [0x48, 0x65, 0x6C, 0x6C, 0x6F]
        #expect(out == [0x81, 0x05] + hello + [0x89, 0x05] + hello)
    }

    @Test(arguments: [Opcode.close, .ping, .pong])
    func `a control frame never gets longer than it may`(opcode: Opcode) {
        var out: [UInt8] = []
        WebSocketFrame.append(opcode, payload: [UInt8](repeating: 1, count: 200), to: &out)
        #expect(out == [0x80 | opcode.rawValue, 125] + [UInt8](repeating: 1, count: 125))
    }

    @Test func `a close says its code and reason`() {
        #expect(WebSocketFrame.closePayload(code: nil, reason: "unheard").isEmpty)
        #expect(WebSocketFrame.closePayload(code: 1000) == [0x03, 0xE8])
        #expect(WebSocketFrame.closePayload(code: 4409, reason: "é") == [0x11, 0x39, 0xC3, 0xA9])
    }

    @Test(arguments: ["a", "é", "€", "😀"])
    func `a long reason is cut between characters`(character: String) {
        let payload = WebSocketFrame.closePayload(
            code: 1000, reason: String(repeating: character, count: 200))
        let whole = 123 / character.utf8.count
        #expect(payload.dropFirst(2).elementsEqual(String(repeating: character, count: whole).utf8))
    }
}
