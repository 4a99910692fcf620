import TestSupport
import Testing
import Wire

@Suite struct WebSocketMessageTests {
    @Test(arguments: [0, 1, 125, 126, 127, 128, 65535, 65536])
    func `a message of every length class arrives`(length: Int) {
        let payload = [UInt8](repeating: UInt8(ascii: "*"), count: length)
        expectActions(
            [.text(payload), .binary(payload), .text(payload)],
            from: [.text(payload), .binary(payload), .text(payload)])
    }

    @Test func `fragments make one message, empty ones too`() {
        expectActions(
            [.text(Array("Hello".utf8))],
            from: [
                .text("", isFinal: false), .continuation("Hel", isFinal: false),
                .continuation("", isFinal: false), .continuation("lo", isFinal: false),
                .continuation(""),
            ])
        expectActions(
            [.binary([0xFF, 0xFE]), .text([])],
            from: [
                .binary([0xFF], isFinal: false), .continuation([0xFE]), .text("", isFinal: false),
                .continuation(""),
            ])
    }

    @Test func `control frames between fragments are answered at once`() {
        expectActions(
            [.ping([1]), .pong([2]), .text(Array("ab".utf8)), .ping([])],
            from: [
                .text("a", isFinal: false), .ping([1]), .pong([2]), .continuation("b"), .ping(),
            ])
        expectActions(
            [.peerClosed(code: 1000, reason: "")],
            from: [.text("a", isFinal: false), .close(code: 1000), .continuation("b")])
    }

    @Test func `a ping is handed over with its payload, up to 125 bytes of anything`() {
        let longest = [UInt8](repeating: 0xFE, count: 125)
        expectActions([.ping([]), .ping(longest)], from: [.ping(), .ping(longest)])
        expectActions([.pong([]), .pong(longest)], from: [.pong(), .pong(longest)])
        expectActions([.fail(code: 1002)], from: [.ping(longest + [0])])
    }

    @Test(arguments: [[], [.ping([1])]] as [[ClientFrame]])
    func `a fragment out of order is a protocol error`(between: [ClientFrame]) {
        let pings: [WebSocketState.Action] = between.map { .ping($0.payload) }
        expectActions([.fail(code: 1002)], from: [.continuation("a")])
        expectActions([.fail(code: 1002)], from: [.continuation("a", isFinal: false)])
        for second in [ClientFrame.text("b"), .binary([1]), .text("b", isFinal: false)] {
            expectActions(
                pings + [.fail(code: 1002)],
                from: [.text("a", isFinal: false)] + between + [second])
        }
        expectActions(
            [.text([97])] + pings + [.fail(code: 1002)],
            from: [.text("a")] + between + [.continuation("b")])
    }

    @Test func `what came before a protocol error is delivered, nothing after it`() {
        expectActions(
            [.text([97]), .ping([1]), .fail(code: 1002)],
            from: [
                .text("a"), .ping([1]), ClientFrame(opcode: 0x1, reserved: 0x40), .text("b"),
                .ping([2]),
            ])
    }

    @Test(arguments: [
        ClientFrame(opcode: 0x3), ClientFrame(opcode: 0xB), ClientFrame(opcode: 0x1, key: nil),
        ClientFrame(opcode: 0x9, isFinal: false), ClientFrame(opcode: 0x2, reserved: 0x10),
        ClientFrame(opcode: 0x2, lengthBytes: 2), ClientFrame(opcode: 0x2, announced: 1 << 63),
    ])
    func `a broken frame is a protocol error even inside a message`(frame: ClientFrame) {
        expectActions([.fail(code: 1002)], from: [frame])
        expectActions([.fail(code: 1002)], from: [.text("a", isFinal: false), frame])
    }
}

@Suite struct WebSocketLimitsTests {
    private let limits = WebSocketLimits(maxMessageBytes: 4096, acceptsBinary: false)

    @Test func `a message of the limit is taken, one byte more is too big`() {
        let longest = [UInt8](repeating: 65, count: 4096)
        expectActions([.text(longest)], from: [.text(longest)], limits: limits)
        expectActions([.fail(code: 1009)], from: [.text(longest + [65])], limits: limits)
        expectActions(
            [.text(longest)], from: [.text(longest, isFinal: false), .continuation("")],
            limits: limits)
        expectActions(
            [.fail(code: 1009)], from: [.text(longest, isFinal: false), .continuation("A")],
            limits: limits)
    }

    @Test(arguments: [4097, 65536, UInt64(Int64.max)])
    func `a message is too big by its announced length alone`(length: UInt64) {
        let frame = ClientFrame(opcode: 0x1, announced: length)
        expectActions([.fail(code: 1009)], from: [frame], limits: limits)
    }

    @Test func `no announced length overflows the sum of the fragments`() {
        expectActions(
            [.fail(code: 1009)],
            from: [
                .text("a", isFinal: false), ClientFrame(opcode: 0x0, announced: UInt64(Int64.max)),
            ], limits: WebSocketLimits(maxMessageBytes: .max))
    }

    @Test func `a binary message is refused by its header where only text is taken`() {
        expectActions(
            [.fail(code: 1003)], from: [ClientFrame(opcode: 0x2, announced: 10)], limits: limits)
        expectActions([.fail(code: 1003)], from: [.binary([], isFinal: false)], limits: limits)
    }

    @Test func `control frames do not count`() {
        let pings = [ClientFrame](repeating: .ping([1]), count: 3)
        expectActions(
            [.ping([1]), .ping([1]), .ping([1]), .text([97])], from: pings + [.text("a")],
            limits: WebSocketLimits(maxMessageBytes: 1))
    }

    @Test func `an idle socket is small and holds no buffer`() {
        #expect(MemoryLayout<WebSocketState>.size <= 48)
        var state = WebSocketState(limits: .forTests)
        _ = actions(
            of: &state,
            feeding: [.text("a", isFinal: false), .ping([1]), .continuation("b")].flatMap(
                \ClientFrame.bytes))
        let buffers = Mirror(reflecting: state).children.compactMap { $0.value as? [UInt8] }
        #expect(buffers.map(\.capacity) == [0, 0])
    }
}

@Suite struct WebSocketTextTests {
    @Test(arguments: ["Hello-µ@ßöäüàá-UTF-8!!", "κόσμε", "\u{10FFFF}", "\u{0}\u{7F}\u{FFFF}", "😀"])
    func `text may be cut inside a character`(text: String) {
        let bytes = Array(text.utf8)
        for cut in 0...bytes.count {
            expectActions(
                [.text(bytes)],
                from: [
                    .text(Array(bytes[..<cut]), isFinal: false),
                    .continuation(Array(bytes[cut...])),
                ])
        }
        expectActions(
            [.text(bytes)],
            from: [.text("", isFinal: false)]
                + bytes.map { .continuation([$0], isFinal: false) } + [.continuation("")])
    }

    @Test(arguments: [
        [0xCE, 0xBA, 0xE1, 0xBD, 0xB9, 0xED, 0xA0, 0x80, 0x65], [0xC0, 0x80],
        [0xF4, 0x90, 0x80, 0x80],
        [0xFF], [0x80], [0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0x61, 0xC3, 0x28],
    ])
    func `text that is not UTF-8 closes with 1007`(bytes: [UInt8]) {
        expectActions([.fail(code: 1007)], from: [.text(bytes), .text("after")])
        expectActions(
            [.fail(code: 1007)], from: [.text([], isFinal: false), .continuation(bytes)])
        expectActions([.binary(bytes)], from: [.binary(bytes)])
    }

    @Test func `a wrong byte is noticed before its frame and message end`() {
        let frame = ClientFrame(opcode: 0x1, payload: [0x61, 0xF4, 0x90], announced: 5000)
        expectActions([.fail(code: 1007)], from: [frame])
        let fragment = ClientFrame(opcode: 0x1, payload: [0xFF], isFinal: false, announced: 2)
        expectActions([.fail(code: 1007)], from: [fragment])
    }

    @Test func `a cut character does not leak into the next message or a control frame`() {
        expectActions(
            [.ping([0xFF]), .text(Array("é".utf8)), .binary([0xA9]), .text([97])],
            from: [
                .text([0xC3], isFinal: false), .ping([0xFF]), .continuation([0xA9]),
                .binary([0xA9]), .text("a"),
            ])
        expectActions([.fail(code: 1007)], from: [.text([0xC3]), .text([0xA9])])
    }
}

@Suite struct WebSocketCloseTests {
    @Test func `a close without a code has none`() {
        expectActions([.peerClosed(code: nil, reason: "")], from: [.close()])
    }

    @Test(arguments: [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999])
    func `a code that may be sent is handed over with its reason`(code: UInt16) {
        expectActions([.peerClosed(code: code, reason: "")], from: [.close(code: code)])
        let reason = String(repeating: "é", count: 61) + "!"
        expectActions(
            [.peerClosed(code: code, reason: reason)],
            from: [.close(code: code, reason: Array(reason.utf8))])
    }

    @Test(arguments: [
        0, 1, 999, 1004, 1005, 1006, 1012, 1013, 1014, 1015, 1016, 1100, 2000, 2999, 5000, 65535,
    ])
    func `a code that may not be sent is a protocol error`(code: UInt16) {
        expectActions([.fail(code: 1002)], from: [.close(code: code)])
        expectActions([.fail(code: 1002)], from: [.close(code: code, reason: [0xFF])])
    }

    @Test func `half a code is a protocol error`() {
        expectActions([.fail(code: 1002)], from: [.close([0x03])])
    }

    @Test(arguments: [[0xFF], [0xC3], [0x61, 0xED, 0xA0, 0x80]] as [[UInt8]])
    func `a reason that is not UTF-8 closes with 1007`(reason: [UInt8]) {
        expectActions([.fail(code: 1007)], from: [.close(code: 1000, reason: reason)])
    }

    @Test func `a close of 126 bytes is a protocol error`() {
        let reason = [UInt8](repeating: 65, count: 124)
        expectActions([.fail(code: 1002)], from: [.close(code: 1000, reason: reason)])
    }

    @Test func `nothing is processed after a close`() {
        expectActions(
            [.text([97]), .peerClosed(code: 1000, reason: "bye")],
            from: [
                .text("a"), .close(code: 1000, reason: Array("bye".utf8)), .ping([1]), .text("b"),
                .close(code: 1001), ClientFrame(opcode: 0x3),
            ])
    }

    @Test func `an offset outside of the input reads nothing`() {
        let input: [UInt8] = [0x88, 0x80]
        var state = WebSocketState(limits: .forTests)
        for start in [-1, 9, Int.max, Int.min] {
            var offset = start
            let action = state.receive(input.span, from: &offset)
            #expect(action == .needMore)
            #expect(offset == 2)
        }
    }
}

@Suite struct WebSocketMutationTests {
    private static let session: [ClientFrame] = [
        .text("Hello, κόσμε"), .ping([1, 2, 3]), .text("fragé", isFinal: false), .pong(),
        .continuation("mént", isFinal: false), .continuation(""),
        .binary([UInt8](repeating: 0xF0, count: 300)),
        .text(String(repeating: "x", count: 130)), .close(code: 1000, reason: [0x62]),
    ]

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `mutated frames trap nothing and mean the same however they are cut`(seed: UInt64) {
        var random = SeededNumbers(seed)
        let limits = WebSocketLimits(maxMessageBytes: 400, acceptsBinary: seed % 4 != 0)
        for _ in 0..<250 {
            let bytes = mutated(Self.session.shuffled(using: &random).flatMap(\.bytes), &random)
            let whole = actions(feeding: [bytes], limits: limits)
            #expect(actions(feeding: pieces(of: bytes, &random), limits: limits) == whole)
            #expect(whole.dropLast().allSatisfy { !isEnd($0) })
            #expect(whole.allSatisfy { length(of: $0) <= 400 })
        }
    }

    private func mutated(_ bytes: [UInt8], _ random: inout SeededNumbers) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 0...4, using: &random) where bytes.count > 1 {
            let index = Int.random(in: 0..<bytes.count - 1, using: &random)
            switch Int.random(in: 0...4, using: &random) {
            case 0: bytes[index] ^= 1 << UInt8.random(in: 0...7, using: &random)
            case 1: bytes[index] = UInt8.random(in: 0...255, using: &random)
            case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: index)
            case 3: bytes.remove(at: index)
            default: bytes.removeSubrange((index + 1)...)
            }
        }
        return bytes
    }

    private func pieces(of bytes: [UInt8], _ random: inout SeededNumbers) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Int.random(in: 0...40, using: &random)
            pieces.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        return pieces
    }

    private func isEnd(_ action: WebSocketState.Action) -> Bool {
        switch action {
        case .peerClosed, .fail: true
        default: false
        }
    }

    private func length(of action: WebSocketState.Action) -> Int {
        switch action {
        case .text(let bytes), .binary(let bytes), .ping(let bytes), .pong(let bytes): bytes.count
        default: 0
        }
    }
}
