import Glibc
import Loop
import TestSupport
import Testing
import Wire

/// What becomes of bytes, ends and limits under TLS.
@Suite(.blocking, .timeLimit(.minutes(2)))
struct TLSConnectionTests {
    private static let versions = [TLSClient.Version.tls12, .tls13]

    @Test(arguments: versions)
    func `handshake, request and frames may come byte by byte`(version: TLSClient.Version)
        async throws
    {
        try await withTLSServer { server, _ in
            let descriptor = try byteByByte(to: server.port)
            let client = try TLSClient(descriptor: descriptor, .with { $0.version = version })
            #expect(try client.ask("GET", "/now?a").body == [UInt8(ascii: "a")])
            #expect(try client.upgrade() == 101)
            try client.send(.text("b"))
            #expect(try client.frame() == .text("b"))
        }
    }

    @Test(arguments: versions)
    func `large bodies go both ways`(version: TLSClient.Version) async throws {
        let body = [UInt8].pattern(3 << 20)
        try await withTLSServer { server, _ in
            let client = try TLSClient(port: server.port, .with { $0.version = version })
            for _ in 0..<2 {
                let reply = try client.ask("POST", "/echo", body: body)
                #expect(reply.status == 200 && reply.body == body)
            }
        }
    }

    @Test(arguments: versions)
    func `a slow reader gets every byte`(version: TLSClient.Version) async throws {
        let body = [UInt8].pattern(3 << 20)
        try await withTLSServer { server, _ in
            let slow = try TLSClient(
                port: server.port,
                .with {
                    $0.version = version
                    $0.receiveBuffer = 16_384
                })
            // More replies than the kernel holds, and none is read.
            for _ in 0..<3 { try slow.request("GET", "/big") }
            // Others are served meanwhile, while the slow one's writes are refused.
            for _ in 0..<8 {
                let other = try TLSClient(port: server.port)
                #expect(try other.ask("GET", "/now?a").status == 200)
            }
            for _ in 0..<3 { #expect(try slow.reply().body == body) }
        }
    }

    @Test func `a peer that reads too slowly is cut off without a close_notify`() async throws {
        var times = TimeLimits.with(\.write)
        times.idle = .milliseconds(200)
        try await withTLSServer(times: times) { server, _ in
            let slow = try TLSClient(port: server.port, .with { $0.receiveBuffer = 16_384 })
            for _ in 0..<8 { try slow.request("GET", "/big") }
            let idle = try TLSClient(port: server.port)
            #expect(try idle.rest().isEmpty, "a longer limit passes")
            #expect(throws: TLSClient.Fault.self) { try slow.rest() }
            #expect(!slow.sawCloseNotify)
        }
    }

    /// How a client says that it sends nothing more.
    enum End: CaseIterable {
        case closeNotify
        case tcpWithoutAWord
    }

    @Test(arguments: End.allCases)
    func `a peer that has ended its half still gets its reply`(end: End) async throws {
        try await withTLSServer { server, _ in
            let client = try TLSClient(port: server.port)
            try client.request("GET", "/now?a")
            switch end {
            case .closeNotify: client.finishSending()
            case .tcpWithoutAWord: client.finishSendingRudely()
            }
            #expect(try client.reply().body == [UInt8(ascii: "a")])
            #expect(try client.rest().isEmpty && client.sawCloseNotify)
        }
    }

    @Test func `the server's end is a close_notify`() async throws {
        try await withTLSServer { server, _ in
            let client = try TLSClient(port: server.port)
            #expect(try client.ask("GET", "/now?a", ["Connection: close"]).status == 200)
            #expect(try client.rest().isEmpty && client.sawCloseNotify)
        }
        try await withTLSServer(times: .with(\.idle)) { server, _ in
            let idle = try TLSClient(port: server.port)
            #expect(try idle.rest().isEmpty && idle.sawCloseNotify)
        }
    }

    @Test(arguments: [0, 1, 5, 64, 512])
    func `a reset harms nobody, wherever the handshake stands`(count: Int) async throws {
        try await withTLSServer(times: .with(\.handshake, .seconds(60))) { server, _ in
            let other = try TLSClient(port: server.port)
            for _ in 0..<4 {
                let raw = try Loopback.connect(to: server.port)
                // The head of a record that announces more than comes.
                let hello: [UInt8] = [22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]
                let bytes = Array((hello + .pattern(512)).prefix(count))
                _ = unsafe send(raw, bytes, bytes.count, Int32(MSG_NOSIGNAL))
                #expect(try other.ask("GET", "/now?a").status == 200)
                Loopback.breakOffAtClose(raw)
                close(raw)
            }
            let client = try TLSClient(port: server.port)
            client.reset()
            #expect(try other.ask("GET", "/now?a").status == 200)
        }
    }

    @Test func `a handshake that fails leaves nothing behind`() async throws {
        try await withTLSServer { server, _ in
            for start in [[], [22, 3, 1, 2, 0, 1, 0, 1, 252], Array("nonsense".utf8)] as [[UInt8]] {
                let client = try Client(port: server.port)
                try client.send(start)
                client.finishSending()
                #expect(try await client.rest().count < 16, "an alert at most")
            }
            // Less than the time for which an answered connection lingers.
            let begin = ContinuousClock.now
            await server.drain(within: .seconds(10))
            #expect(ContinuousClock.now - begin < .seconds(1))
        }
    }

    @Test func `a handshake that takes too long is ended`() async throws {
        var times = TimeLimits.with(\.handshake)
        times.idle = .seconds(60)
        try await withTLSServer(times: times) { server, _ in
            for start in [[], [22], [22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]] as [[UInt8]] {
                let client = try Client(port: server.port)
                try client.send(start)
                #expect(try await client.rest().isEmpty)
            }
        }
    }

    @Test func `who is silent in its handshake gives way`() async throws {
        var times = TimeLimits.with(\.giveWay, .zero)
        times.handshake = .seconds(60)
        try await withTLSServer(times: times, places: 1) { server, _ in
            let silent = try Client(port: server.port)
            try await wait(for: "the connection") { server.connectionCount > 0 }
            let client = try TLSClient(port: server.port)
            #expect(try client.ask("GET", "/now?a").status == 200)
            #expect(try await silent.rest().isEmpty)
        }
    }

    @Test func `once the handshake is done its limit no longer holds`() async throws {
        // Long enough for a handshake on a machine with much else to do.
        try await withTLSServer(times: .with(\.handshake, .seconds(2))) { server, _ in
            let client = try TLSClient(port: server.port)
            let silent = try Client(port: server.port)
            #expect(try await silent.rest().isEmpty, "its limit has passed")
            #expect(try client.ask("GET", "/now?a").status == 200)
        }
    }

    @Test func `plain HTTP is told that it is at the wrong door`() async throws {
        try await withTLSServer { server, _ in
            let client = try Client(port: server.port)
            let reply = try await client.ask("GET", "/now?a")
            #expect(reply.status == 400 && reply.text == "refused 400")
            #expect(reply.headers["connection"] == "close")
            #expect(try await client.rest().isEmpty)
        }
    }

    @Test func `what is no TLS at all is ended`() async throws {
        try await withTLSServer { server, _ in
            let client = try Client(port: server.port)
            try client.send([UInt8](repeating: 0xFF, count: 4096))
            // An alert at most.
            #expect(try await client.rest().count < 16)
        }
    }

    @Test func `a WebSocket echoes what is larger than a record`() async throws {
        try await withTLSServer { server, _ in
            let client = try TLSClient(port: server.port)
            #expect(try client.upgrade() == 101)
            let payload = [UInt8].pattern(60_000)
            for _ in 0..<5 { try client.send(.binary(payload)) }
            for _ in 0..<5 {
                #expect(
                    try client.frame() == ReceivedFrame(opcode: 2, payload: payload))
            }
        }
    }

    @Test func `a WebSocket is pushed to while its page says nothing`() async throws {
        try await withTLSServer { server, _ in
            let client = try TLSClient(port: server.port)
            #expect(try client.upgrade() == 101)
            try client.send(.text("deadline"))
            #expect(try client.frame() == .text("deadline passed"))
        }
    }

    @Test func `keys may change while writes are stuck`() async throws {
        try await withTLSServer { server, _ in
            let slow = try TLSClient(port: server.port, .with { $0.receiveBuffer = 16_384 })
            for _ in 0..<3 { try slow.request("GET", "/big") }
            let other = try TLSClient(port: server.port)
            #expect(try other.ask("GET", "/now?a").status == 200)
            try slow.updateKeys()
            #expect(try other.ask("GET", "/now?a").status == 200)
            for _ in 0..<3 { #expect(try slow.reply().body == .pattern(3 << 20)) }
        }
    }

    @Test func `a drain closes WebSockets with 1001, and then TLS`() async throws {
        try await withTLSServer { server, _ in
            let client = try TLSClient(port: server.port)
            #expect(try client.upgrade() == 101)
            let idle = try TLSClient(port: server.port)
            #expect(try idle.ask("GET", "/now?a").status == 200)
            async let drained: Void = server.drain(within: .seconds(4))
            #expect(try client.frame() == .close(1001))
            #expect(try idle.rest().isEmpty && idle.sawCloseNotify)
            try client.send(.close(code: 1001))
            #expect(try client.rest().isEmpty && client.sawCloseNotify)
            client.finishSending()
            client.finishSendingRudely()
            await drained
        }
    }
}
