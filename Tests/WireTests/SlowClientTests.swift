import Loop
import TestSupport
import Testing
import Wire

/// Clients that send or read a byte now and then: each has its time, and costs nobody else theirs.
@Suite(.blocking, .timeLimit(.minutes(2)))
struct SlowClientTests {
    struct Kind: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let limit: any WritableKeyPath<TimeLimits, Duration> & Sendable
        /// What is sent at once.
        let start: String
        /// What is sent a piece at a time, without an end.
        let drip: String
        /// The reply's status; nil: it is closed without a word.
        let status: Int?
    }

    static let kinds = [
        Kind(
            testDescription: "a head", limit: \.head, start: "GET /now HTTP/1.1\r\nHost: a\r\nX: ",
            drip: "x", status: 408),
        Kind(
            testDescription: "a body", limit: \.body,
            start: "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 65000\r\n\r\n", drip: "x",
            status: 408),
        Kind(
            testDescription: "a chunk", limit: \.body,
            start: "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nfff0\r\n",
            drip: "x", status: 408),
        Kind(
            testDescription: "chunks of a byte", limit: \.body,
            start: "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
            drip: "1\r\nx\r\n", status: 408),
        Kind(
            testDescription: "half a chunk and then nothing", limit: \.body,
            start: "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nx",
            drip: "", status: 408),
        Kind(testDescription: "silence", limit: \.idle, start: "", drip: "", status: nil),
        Kind(
            testDescription: "a head behind a request", limit: \.head,
            start: "GET /now HTTP/1.1\r\nHost: a\r\n\r\nGET /now HTTP/1.1\r\nHost: a\r\nX: ",
            drip: "x", status: 200),
    ]

    /// Long enough for some hundred pieces, short enough for a test.
    private static let limit = Duration.milliseconds(300)
    private static let crowd = 40

    private func withServer(
        _ limit: WritableKeyPath<TimeLimits, Duration>, _ body: (Server) async throws -> Void
    ) async throws {
        try await WireTests.withServer(times: .with(limit, Self.limit)) { router in
            router.on(.get, "/now") { .now(.text($0.query ?? "")) }
            router.on(.post, "/echo") { .now(.text("\($0.body.count)")) }
            router.on(.get, "/big") { _ in
                .now(Response(status: 200, body: [UInt8](repeating: 7, count: 1 << 20)))
            }
            router.on(.get, "/page") { _ in
                .now(Response(status: 200, body: [UInt8](repeating: 7, count: 2000)))
            }
            router.onEcho()
        } _: {
            try await body($0)
        }
    }

    @Test(arguments: kinds)
    func `what comes a byte at a time is ended in its time, and nobody waits for it`(
        kind: Kind
    ) async throws {
        try await withServer(kind.limit) { server in
            let begin = ContinuousClock.now
            let slow = try (0..<Self.crowd).map { _ in try Client(port: server.port) }
            for client in slow { try client.send(kind.start) }
            if kind.status == 200 {
                for client in slow { #expect(try await client.reply().status == 200) }
            }
            try await endure(slow, server, since: begin, until: \.hasHeard) {
                try? $0.send(kind.drip)
            }
            for client in slow {
                let rest = String(decoding: try await client.rest(), as: UTF8.self)
                #expect(kind.status == nil ? rest.isEmpty : rest.hasPrefix("HTTP/1.1 408 "))
            }
        }
    }

    @Test func `who reads a byte at a time is ended in its time, and nobody waits for it`()
        async throws
    {
        try await withServer(\.write) { server in
            let begin = ContinuousClock.now
            let slow = try (0..<Self.crowd).map { _ in
                try Client(port: server.port, receiveBuffer: 4096)
            }
            for client in slow { try client.request("GET", "/big") }
            try await endure(slow, server, since: begin, until: \.isBroken) { $0.sip() }
        }
    }

    @Test
    func `who asks on and on and does not read is ended in its time, and nobody waits for it`()
        async throws
    {
        try await withServer(\.write) { server in
            let begin = ContinuousClock.now
            let slow = try (0..<8).map { _ in try Client(port: server.port, receiveBuffer: 4096) }
            let requests = String(repeating: "GET /page HTTP/1.1\r\nHost: a\r\n\r\n", count: 600)
            for client in slow { try client.send(requests) }
            try await endure(slow, server, since: begin, until: \.isBroken) { $0.sip() }
        }
    }

    @Test func `who takes no WebSocket message is ended in its time, and nobody waits for it`()
        async throws
    {
        try await withServer(\.write) { server in
            let begin = ContinuousClock.now
            let slow = try (0..<4).map { _ in try Client(port: server.port, receiveBuffer: 4096) }
            // Less than what cuts a peer off at once, and more than what the kernel takes.
            let frame = ClientFrame.binary([UInt8](repeating: 1, count: 90_000)).bytes
            for client in slow {
                #expect(try await client.upgrade().status == 101)
                for _ in 0..<6 { try? client.send(frame) }
            }
            try await endure(slow, server, since: begin, until: \.isBroken) { $0.sip() }
        }
    }

    /// Lets slow clients be slow until the server has ended them all, with a neighbour who is in a hurry.
    private func endure(
        _ slow: [Client], _ server: Server, since begin: ContinuousClock.Instant,
        until isOver: (Client) -> Bool, _ act: (Client) -> Void
    ) async throws {
        let neighbour = try Client(port: server.port)
        var longest = Duration.zero
        while !slow.allSatisfy(isOver) {
            for client in slow where !isOver(client) { act(client) }
            let asked = ContinuousClock.now
            #expect(try await neighbour.ask("GET", "/now?a").text == "a")
            longest = max(longest, ContinuousClock.now - asked)
            try #require(ContinuousClock.now - begin < .seconds(60), "slow clients are not ended")
        }
        #expect(ContinuousClock.now - begin >= Self.limit)
        // Far more than it takes, and far less than a slow client's time would come to for each.
        #expect(longest < .seconds(20))
    }
}
