import Loop
import TestSupport
import Testing
import Wire

/// The time limits of connections, each set so short that it passes at once.
@Suite(.blocking, .timeLimit(.minutes(2)))
struct ServerTimeLimitTests {
    private func routes(_ router: inout Router) {
        router.on(.get, "/now") { .now(.text($0.query ?? "")) }
        router.on(.post, "/echo") { .now(.text("\($0.body.count)")) }
        router.on(.get, "/big") { _ in
            .now(Response(status: 200, body: [UInt8](repeating: 7, count: 16 << 20)))
        }
    }

    @Test(arguments: ["G", "GET /now HTTP/1.1\r\n", "GET /now HTTP/1.1\r\nHost: a\r\n\r"])
    func `a head that is not whole in time is answered 408`(start: String) async throws {
        try await withServer(times: .with(\.head), routes: routes) { server in
            let client = try Client(port: server.port)
            try client.send(start)
            let reply = try await client.reply()
            #expect(reply.status == 408 && reply.text == "refused 408")
            #expect(reply.headers["connection"] == "close")
            #expect(try await client.rest().isEmpty)
        }
    }

    @Test(arguments: ["Content-Length: 9", "Transfer-Encoding: chunked"])
    func `a body that is not whole in time is answered 408`(framing: String) async throws {
        try await withServer(times: .with(\.body), routes: routes) { server in
            let client = try Client(port: server.port)
            try client.request("POST", "/echo", [framing])
            try client.send("1\r\n")
            #expect(try await client.reply().status == 408)
            #expect(try await client.rest().isEmpty)
        }
    }

    @Test func `the time for the head begins with its first byte`() async throws {
        try await withServer(times: .with(\.head), routes: routes) { server in
            let client = try Client(port: server.port)
            // Idle for longer than a head may take.
            let late = try Client(port: server.port)
            try late.send("G")
            #expect(try await late.reply().status == 408)
            #expect(try await client.ask("GET", "/now?a").text == "a")
            try client.send("G")
            #expect(try await client.reply().status == 408)
        }
    }

    @Test func `an idle connection is closed without a word`() async throws {
        try await withServer(times: .with(\.idle), routes: routes) { server in
            let fresh = try Client(port: server.port)
            #expect(try await fresh.rest().isEmpty)
            let used = try Client(port: server.port)
            #expect(try await used.ask("GET", "/now?a").text == "a")
            #expect(try await used.rest().isEmpty)
            let blank = try Client(port: server.port)
            try blank.send("\r\n")
            #expect(try await blank.rest().isEmpty)
        }
    }

    @Test func `a handler may take longer than a client`() async throws {
        let gate = Gate()
        try await withServer(times: .with(\.idle)) { router in
            router.on(.get, "/gate") { _ in
                .later { _ in
                    await gate.wait()
                    return .text("at last")
                }
            }
        } _: { server in
            let client = try Client(port: server.port)
            try client.request("GET", "/gate")
            #expect(try await Client(port: server.port).rest().isEmpty, "idle for as long")
            gate.open()
            #expect(try await client.reply().text == "at last")
        }
    }

    @Test func `a peer that reads too slowly is cut off`() async throws {
        var times = TimeLimits.with(\.write)
        times.idle = .milliseconds(200)
        try await withServer(times: times, routes: routes) { server in
            let client = try Client(port: server.port, receiveBuffer: 4096)
            try client.request("GET", "/big")
            _ = try await client.take(1)
            #expect(try await Client(port: server.port).rest().isEmpty, "a longer limit passes")
            #expect(try await client.rest().count < 16 << 20)
        }
    }
}
