import Loop
import TestSupport
import Testing
import Wire

/// WebSockets over loopback: RFC 6455 as a peer sees it.
struct ServerWebSocketTests {
    private func routes(_ router: inout Router) {
        router.onEcho()
        router.on(.get, "/later") { _ in .later { _ in .echo() } }
        router.on(.get, "/now") { _ in .now(.text("")) }
    }

    /// An open WebSocket on a server of its own.
    private func withSocket(
        times: TimeLimits = TimeLimits(), _ body: (Client) async throws -> Void
    ) async throws {
        try await withServer(times: times, routes: routes) { server in
            let client = try Client(port: server.port)
            #expect(try await client.upgrade().status == 101)
            try await body(client)
        }
    }

    @Test func `messages of all lengths are echoed`() async throws {
        try await withSocket { client in
            for length in [0, 1, 125, 126, 65535, 65536, 100_000] {
                let payload = [UInt8](repeating: UInt8(ascii: "a"), count: length)
                try client.send(.text(payload))
                try client.send(.binary(payload))
                #expect(try await client.frame() == ReceivedFrame(opcode: 1, payload: payload))
                #expect(try await client.frame() == ReceivedFrame(opcode: 2, payload: payload))
            }
        }
    }

    @Test func `a frame may come byte by byte`() async throws {
        try await withSocket { client in
            for byte in ClientFrame.text("slowly").bytes { try client.send([byte]) }
            #expect(try await client.frame() == .text("slowly"))
        }
    }

    @Test(arguments: ["/ws", "/later"])
    func `frames right behind the upgrade are not lost`(path: String) async throws {
        try await withServer(routes: routes) { server in
            let client = try Client(port: server.port)
            let frames = [ClientFrame.text("one"), .ping([9]), .text("two")]
            #expect(try await client.upgrade(path, frames: frames).status == 101)
            #expect(try await client.frame() == .text("one"))
            #expect(try await client.frame() == ReceivedFrame(opcode: 10, payload: [9]))
            #expect(try await client.frame() == .text("two"))
        }
    }

    @Test func `pings are answered, between fragments too`() async throws {
        try await withSocket { client in
            try client.send(.text("frag", isFinal: false))
            try client.send(.ping(Array("alive?".utf8)))
            try client.send(.continuation("ments"))
            let pong = ReceivedFrame(opcode: 10, payload: Array("alive?".utf8))
            #expect(try await client.frame() == pong)
            #expect(try await client.frame() == .text("fragments"))
        }
    }

    @Test(arguments: [1000, 1001, 4321] as [UInt16])
    func `a close is answered with its code, then the server ends`(code: UInt16) async throws {
        try await withSocket { client in
            try client.send(.close(code: code, reason: Array("bye".utf8)))
            try client.send(.text("too late"))
            #expect(try await client.frame() == .close(code))
            #expect(try await client.rest().isEmpty)
        }
    }

    @Test func `a close without a code is answered without one`() async throws {
        try await withSocket { client in
            try client.send(.close())
            #expect(try await client.frame() == ReceivedFrame(opcode: 8))
            #expect(try await client.rest().isEmpty)
        }
    }

    @Test func `a server's close awaits the peer's, and nothing else counts`() async throws {
        try await withSocket(times: .with(\.close, .seconds(60))) { client in
            try client.send(.text("close"))
            let frame = try await client.frame()
            #expect(
                frame.closeCode == 4000
                    && frame.payload.dropFirst(2).elementsEqual("asked for".utf8))
            try client.send(.text("not echoed"))
            try client.send(.ping([1]))
            try client.send(.close(code: 4000))
            #expect(try await client.rest().isEmpty)
        }
    }

    @Test func `after a server's close a broken frame is not answered with another`() async throws {
        try await withSocket(times: .with(\.close, .seconds(60))) { client in
            try client.send(.text("close"))
            #expect(try await client.frame().closeCode == 4000)
            try client.send(ClientFrame(opcode: 3))
            #expect(try await client.rest().isEmpty)
        }
    }

    @Test func `a peer that does not answer a close is cut off`() async throws {
        try await withSocket(times: .with(\.close)) { client in
            try client.send(.text("close"))
            #expect(try await client.frame().closeCode == 4000)
            #expect(try await client.rest().isEmpty)
        }
    }

    private static let broken: [(frame: ClientFrame, code: UInt16)] = [
        (ClientFrame(opcode: 1, key: nil), 1002), (ClientFrame(opcode: 3), 1002),
        (ClientFrame(opcode: 1, reserved: 0x40), 1002), (.continuation("x"), 1002),
        (.text([0xFF]), 1007), (.text([UInt8](repeating: 0x61, count: 100_001)), 1009),
        (.close([3]), 1002), (.close(code: 1005), 1002),
    ]

    @Test(arguments: broken)
    func `a broken frame is answered with its code`(frame: ClientFrame, code: UInt16) async throws {
        try await withSocket { client in
            try client.send(frame)
            #expect(try await client.frame() == .close(code))
            #expect(try await client.rest().isEmpty)
        }
    }

    @Test func `a peer that answers no ping is closed`() async throws {
        try await withSocket(times: .with(\.ping)) { client in
            let rest = try await client.rest()
            #expect(rest == [0x89, 0], "one ping, and no close frame")
        }
    }

    @Test func `a handler's deadline passes once`() async throws {
        try await withSocket { client in
            try client.send(.text("deadline"))
            #expect(try await client.frame() == .text("deadline passed"))
            try client.send(.text("on"))
            #expect(try await client.frame() == .text("on"))
        }
    }

    @Test func `a peer that does not read is cut off before its backlog grows`() async throws {
        try await withServer(routes: routes) { server in
            let client = try Client(port: server.port, receiveBuffer: 4096)
            _ = try await client.upgrade()
            try client.send(.text("flood"))
            for _ in 0..<2 { _ = try await Client(port: server.port).ask("GET", "/now") }
            #expect(try await client.rest().count < 16 << 20)
        }
    }

    @Test(arguments: [true, false])
    func `a handler hears when its peer goes away`(breaksOff: Bool) async throws {
        let closed = Gate()
        try await withServer {
            $0.onEcho { closed.open() }
        } _: { server in
            let client = try Client(port: server.port)
            _ = try await client.upgrade()
            if breaksOff { client.reset() } else { client.finishSending() }
            await closed.wait()
        }
    }

    @Test func `a handler hears of a peer that had gone before the upgrade`() async throws {
        let (entered, gate, closed) = (Gate(), Gate(), Counter())
        try await withServer { router in
            routes(&router)
            router.on(.get, "/gate") { _ in
                .later { _ in
                    entered.open()
                    await gate.wait()
                    return .echo { closed.add() }
                }
            }
        } _: { server in
            let client = try Client(port: server.port)
            try client.sendUpgrade("/gate")
            client.finishSending()
            await entered.wait()
            for _ in 0..<2 { _ = try await Client(port: server.port).ask("GET", "/now") }
            gate.open()
            _ = try await client.rest()
            for _ in 0..<2 { _ = try await Client(port: server.port).ask("GET", "/now") }
            #expect(closed.value == 1)
        }
    }
}
