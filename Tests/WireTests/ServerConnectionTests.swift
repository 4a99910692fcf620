import Loop
import TestSupport
import Testing
import Wire

/// A server with few places.
struct ServerConnectionTests {
    private func withPlaces(
        _ total: Int, loops: Int = 1, times: TimeLimits = TimeLimits(),
        _ body: (Server) async throws -> Void
    ) async throws {
        var times = times
        // A request that has begun stays, however busy the machine is.
        times.head = .seconds(60)
        try await withServer(loops: loops, times: times, places: total) { router in
            router.on(.get, "/now") { .now(.text($0.query ?? "")) }
            router.onEcho()
        } _: {
            try await body($0)
        }
    }

    /// A connection on which a request has begun: it does not give way.
    private func begun(_ server: Server) throws -> Client {
        let client = try Client(port: server.port)
        try client.send("G")
        return client
    }

    @Test func `who finds no place is told 503, whatever it wants, and closed`() async throws {
        try await withPlaces(2) { server in
            let here = [try begun(server), try begun(server)]
            try await settled(here.count, server)
            let late = try Client(port: server.port)
            try late.request("POST", "/nowhere", body: "unread")
            let reply = try await late.reply()
            #expect(reply.status == 503 && reply.text == "refused 503")
            #expect(reply.headers["connection"] == "close")
            #expect(reply.headers["x-request-id"] != nil)
            #expect(try await late.rest().isEmpty)
            #expect(server.connectionCount == 2)
            // Those who have a place are served.
            for client in here {
                try client.send("ET /now?a HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try await client.reply().text == "a")
            }
        }
    }

    @Test func `a place is free once its connection has ended, however it ended`() async throws {
        try await withPlaces(2) { server in
            let stays = try Client(port: server.port)
            for round in 0..<20 {
                let client = try begun(server)
                try await settled(2, server, by: stays)
                if round % 3 == 0 {
                    client.reset()
                } else {
                    if round % 3 == 1 {
                        client.finishSending()
                    } else {
                        try client.send("\r\n\r\n")
                    }
                    _ = try await client.rest()
                    client.finishSending()
                }
                try await settled(1, server, by: stays)
            }
        }
    }

    @Test func `idle connections give way, those first that have been idle for longest`()
        async throws
    {
        try await withPlaces(3, times: .with(\.giveWay, .zero)) { server in
            let busy = try begun(server)
            try await settled(1, server)
            let older = try Client(port: server.port)
            #expect(try await older.ask("GET", "/now?older").status == 200)
            let newer = try Client(port: server.port)
            #expect(try await newer.ask("GET", "/now?newer").status == 200)
            let late = try Client(port: server.port)
            #expect(try await late.ask("GET", "/now?late").text == "late")
            #expect(try await older.rest().isEmpty)
            #expect(try await newer.ask("GET", "/now?still").text == "still")
            try busy.send("ET /now?too HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await busy.reply().text == "too")
        }
    }

    @Test func `who has only just become idle does not give way`() async throws {
        try await withPlaces(1, times: .with(\.giveWay, .seconds(60))) { server in
            let client = try Client(port: server.port)
            #expect(try await client.ask("GET", "/now?a").text == "a")
            #expect(try await Client(port: server.port).ask("GET", "/now").status == 503)
            #expect(try await client.ask("GET", "/now?b").text == "b")
        }
    }

    @Test func `an open WebSocket does not give way`() async throws {
        try await withPlaces(1, times: .with(\.giveWay, .zero)) { server in
            let socket = try Client(port: server.port)
            #expect(try await socket.upgrade().status == 101)
            #expect(try await Client(port: server.port).ask("GET", "/now").status == 503)
            try socket.send(.text("here"))
            #expect(try await socket.frame() == .text("here"))
        }
    }

    @Test func `the loops share the places`() async throws {
        try await withPlaces(8, loops: 4) { server in
            let clients = try (0..<8).map { _ in try begun(server) }
            try await settled(8, server)
            for _ in 0..<20 {
                #expect(try await Client(port: server.port).reply().status == 503)
            }
            #expect(server.connectionCount == 8)
            for client in clients { client.reset() }
            try await settled(0, server)
            #expect(try await Client(port: server.port).ask("GET", "/now?a").text == "a")
        }
    }

    @Test func `a crowd without places holds nothing up`() async throws {
        try await withPlaces(2) { server in
            let (inside, other) = (try begun(server), try begun(server))
            try await settled(2, server)
            // Twice as many as are told: the others find the connection closed or reset.
            let crowd = try (0..<128).map { _ in try Client(port: server.port) }
            var told = 0
            for client in crowd {
                let rest = String(decoding: try await client.rest(), as: UTF8.self)
                #expect(rest.isEmpty || rest.hasPrefix("HTTP/1.1 503 "))
                told += rest.isEmpty ? 0 : 1
            }
            #expect(told >= 64)
            try inside.send("ET /now?a HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await inside.reply().text == "a")
            withExtendedLifetime(other) {}
        }
    }

    /// Waits until the server has seen who has come and gone.
    private func settled(_ count: Int, _ server: Server, by client: Client? = nil) async throws {
        let begin = ContinuousClock.now
        repeat {
            if let client { _ = try await client.ask("GET", "/now") }
            await Task.yield()
            try #require(ContinuousClock.now - begin < .seconds(30), "not \(count)")
        } while server.connectionCount != count
    }
}
