import Loop
import TestSupport
import Testing
import Wire

/// Peers that break off or close half of the connection, at any point: nothing of them stays.
@Suite(.blocking, .timeLimit(.minutes(2)))
struct BrokenPeerTests {
    private func withServer(
        entered: Gate = Gate(), gate: Gate = Gate(), closed: Counter = Counter(),
        _ body: (Server) async throws -> Void
    ) async throws {
        // Under a sanitizer reading a large reply takes longer than the limit.
        try await WireTests.withServer(times: .with(\.write, .seconds(600))) { router in
            router.on(.get, "/now") { .now(.text($0.query ?? "")) }
            router.on(.post, "/echo") { .now(.text("\($0.body.count)")) }
            router.on(.get, "/gate") { _ in
                .later { _ in
                    entered.open()
                    await gate.wait()
                    return .text("at last")
                }
            }
            router.on(.get, "/big") { _ in
                .now(Response(status: 200, body: [UInt8](repeating: 7, count: 1 << 20)))
            }
            router.onEcho { closed.add() }
        } _: {
            try await body($0)
        }
    }

    /// Asks until the server has seen that all others are gone.
    private func expectNobody(but neighbour: Client, _ server: Server) async throws {
        let begin = ContinuousClock.now
        repeat {
            #expect(try await neighbour.ask("GET", "/now?a").text == "a")
            try #require(ContinuousClock.now - begin < .seconds(30), "somebody stays")
        } while server.connectionCount > 1
    }

    private static let frame = ClientFrame.text("half of this frame is missing").bytes

    /// What a client has sent when it breaks off.
    static let points: [(String, [String])] = [
        ("nothing", []),
        ("a blank line", ["\r\n"]),
        ("half a head", ["GET /now HTTP/1.1\r\nHo"]),
        ("half a body", ["POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx"]),
        (
            "half a chunk",
            ["POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nx"]
        ),
        ("a request", ["GET /now HTTP/1.1\r\nHost: a\r\n\r\n"]),
        ("a request and half of the next", ["GET /now HTTP/1.1\r\nHost: a\r\n\r\nGET /n"]),
        ("a request for much", ["GET /big HTTP/1.1\r\nHost: a\r\n\r\n"]),
        (
            "many requests for much",
            Array(repeating: "GET /big HTTP/1.1\r\nHost: a\r\n\r\n", count: 8)
        ),
        ("what is refused", ["nonsense\r\n\r\n"]),
        (
            "a wish to continue",
            [
                "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n"
            ]
        ),
    ]

    @Test(arguments: points, [true, false])
    func `a peer may break off at any point of a request`(
        point: (String, [String]), hasBeenRead: Bool
    ) async throws {
        try await withServer { server in
            let neighbour = try Client(port: server.port)
            for _ in 0..<5 {
                let peer = try Client(port: server.port, receiveBuffer: 4096)
                for part in point.1 { try peer.send(part) }
                if hasBeenRead { for _ in 0..<2 { _ = try await neighbour.ask("GET", "/now") } }
                peer.reset()
            }
            try await expectNobody(but: neighbour, server)
        }
    }

    @Test(arguments: [0, 1, 2, 5, 6, 7, 20])
    func `a peer may break off at any point of a WebSocket frame`(count: Int) async throws {
        let closed = Counter()
        try await withServer(closed: closed) { server in
            let neighbour = try Client(port: server.port)
            for isAnswered in [true, false] {
                let peer = try Client(port: server.port)
                try peer.sendUpgrade()
                try peer.send(Array(Self.frame.prefix(count)))
                if isAnswered { #expect(try await peer.reply().status == 101) }
                peer.reset()
            }
            try await expectNobody(but: neighbour, server)
            #expect(closed.value == 2)
        }
    }

    @Test(arguments: [true, false])
    func `a peer may go while its closing handshake is under way`(isServers: Bool) async throws {
        let closed = Counter()
        try await withServer(closed: closed) { server in
            let neighbour = try Client(port: server.port)
            let peer = try Client(port: server.port)
            #expect(try await peer.upgrade().status == 101)
            try peer.send(isServers ? .text("close") : .close(code: 1000))
            #expect(try await peer.frame().opcode == 8)
            peer.reset()
            try await expectNobody(but: neighbour, server)
            #expect(closed.value == 1)
        }
    }

    @Test func `a peer may break off while its request is worked on`() async throws {
        let (entered, gate) = (Gate(), Gate())
        try await withServer(entered: entered, gate: gate) { server in
            let neighbour = try Client(port: server.port)
            let peer = try Client(port: server.port)
            try peer.request("GET", "/gate")
            await entered.wait()
            peer.reset()
            try await expectNobody(but: neighbour, server)
            gate.open()
            try await expectNobody(but: neighbour, server)
        }
    }

    // MARK: Half-closed

    @Test func `a half-closed peer gets the reply it waits for`() async throws {
        let (entered, gate) = (Gate(), Gate())
        try await withServer(entered: entered, gate: gate) { server in
            let neighbour = try Client(port: server.port)
            let peer = try Client(port: server.port)
            try peer.request("GET", "/gate")
            peer.finishSending()
            await entered.wait()
            for _ in 0..<2 { _ = try await neighbour.ask("GET", "/now") }
            gate.open()
            #expect(try await peer.reply().text == "at last")
            #expect(try await peer.rest().isEmpty)
            try await expectNobody(but: neighbour, server)
        }
    }

    @Test func `a half-closed peer gets all of many replies, however slowly it reads`() async throws
    {
        try await withServer { server in
            let neighbour = try Client(port: server.port)
            let peer = try Client(port: server.port, receiveBuffer: 4096)
            for _ in 0..<3 { try peer.request("GET", "/big") }
            peer.finishSending()
            for _ in 0..<2 { _ = try await neighbour.ask("GET", "/now") }
            for _ in 0..<3 { #expect(try await peer.reply().body.count == 1 << 20) }
            #expect(try await peer.rest().isEmpty)
            try await expectNobody(but: neighbour, server)
        }
    }

    @Test(
        arguments: points.filter {
            ["nothing", "a blank line"].contains($0.0) || $0.0.contains("half a ")
        })
    func `a peer that closes its half within a request is closed without a word`(
        point: (String, [String])
    ) async throws {
        try await withServer { server in
            let neighbour = try Client(port: server.port)
            let peer = try Client(port: server.port)
            for part in point.1 { try peer.send(part) }
            peer.finishSending()
            #expect(try await peer.rest().isEmpty)
            try await expectNobody(but: neighbour, server)
        }
    }

    @Test(arguments: [0, 1, 5, 20])
    func `a half-closed WebSocket is closed`(count: Int) async throws {
        let closed = Counter()
        try await withServer(closed: closed) { server in
            let neighbour = try Client(port: server.port)
            let peer = try Client(port: server.port)
            #expect(try await peer.upgrade().status == 101)
            try peer.send(Array(Self.frame.prefix(count)))
            peer.finishSending()
            #expect(try await peer.rest().isEmpty)
            try await expectNobody(but: neighbour, server)
            #expect(closed.value == 1)
        }
    }
}
