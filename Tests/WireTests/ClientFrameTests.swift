import TestSupport
import Testing

/// The frames that tests send, in the words of RFC 6455 §5.2 and §5.3.
struct ClientFrameTests {
    private static let key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]

    @Test(
        arguments: [
            (0, [0x80]), (1, [0x81]), (3, [0x83]), (4, [0x84]), (7, [0x87]), (8, [0x88]),
            (9, [0x89]), (23, [0x97]), (125, [0xFD]), (126, [0xFE, 0, 126]),
            (65_535, [0xFE, 255, 255]), (65_541, [0xFF, 0, 0, 0, 0, 0, 1, 0, 5]),
        ] as [(Int, [UInt8])])
    func `each byte of a frame is masked with its byte of the key`(length: Int, head: [UInt8]) {
        let payload = [UInt8].pattern(length)
        let masked = payload.enumerated().map { $1 ^ Self.key[$0 % 4] }
        #expect(ClientFrame.binary(payload).bytes == [0x82] + head + Self.key + masked)
    }

    @Test func `the masked Hello of RFC 6455 section 5_7 is written as it stands there`() {
        let hello: [UInt8] = [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58]
        #expect(ClientFrame.text("Hello").bytes == hello)
    }

    @Test func `a frame without a key is not masked`() {
        var frame = ClientFrame.text("Hello")
        frame.key = nil
        #expect(frame.bytes == [0x81, 0x05] + Array("Hello".utf8))
    }
}
