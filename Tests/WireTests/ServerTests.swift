import Loop
import TestSupport
import Testing
import Wire

/// A server over loopback: what becomes of well-meant bytes.
struct ServerTests {
    private func routes(_ router: inout Router) {
        router.on(.get, "/now") { .now(.text($0.query ?? "")) }
        router.on(.get, "/later") { request in
            .later { _ in
                await Task.yield()
                return .text(request.query ?? "")
            }
        }
        router.on(.post, "/echo") { .now(.text(String(decoding: $0.body, as: UTF8.self))) }
        router.on(.get, "/peer") { .now(.text($0.peer.host)) }
    }

    @Test func `a connection serves one request after the other`() async throws {
        try await withServer(routes: routes) { server in
            let client = try Client(port: server.port)
            for index in 0..<5 {
                #expect(try await client.ask("GET", "/now?\(index)").text == "\(index)")
                #expect(
                    try await client.ask("POST", "/echo", body: "b\(index)").text == "b\(index)")
            }
            #expect(try await client.ask("GET", "/peer").text == "127.0.0.1")
        }
    }

    @Test func `pipelined replies keep the order, also behind slow handlers`() async throws {
        try await withServer(routes: routes) { server in
            let client = try Client(port: server.port)
            let requests = (0..<50).map { index in
                "GET /\(index % 3 == 0 ? "later" : "now")?\(index) HTTP/1.1\r\nHost: test\r\n\r\n"
            }
            try client.send(requests.joined())
            for index in 0..<50 { #expect(try await client.reply().text == "\(index)") }
        }
    }

    @Test func `all pipelined requests of a client that sends no more are answered`() async throws {
        try await withServer(routes: routes) { server in
            let client = try Client(port: server.port)
            let paths =
                Array(repeating: "now", count: 130) + (0..<20).map { $0 % 2 == 0 ? "later" : "now" }
            let requests = paths.enumerated().map { index, path in
                "GET /\(path)?\(index) HTTP/1.1\r\nHost: test\r\n\r\n"
            }
            try client.send(requests.joined())
            client.finishSending()
            for index in paths.indices { #expect(try await client.reply().text == "\(index)") }
        }
    }

    @Test func `what comes while a handler works waits its turn`() async throws {
        let (entered, gate) = (Gate(), Gate())
        try await withServer { router in
            routes(&router)
            router.on(.get, "/gate") { _ in
                .later { _ in
                    entered.open()
                    await gate.wait()
                    return .text("gate")
                }
            }
        } _: { server in
            let client = try Client(port: server.port)
            try client.request("GET", "/gate")
            await entered.wait()
            try client.request("POST", "/echo", body: String(repeating: "x", count: 60_000))
            // Another connection of the loop is served meanwhile.
            #expect(try await Client(port: server.port).ask("GET", "/now?a").text == "a")
            gate.open()
            #expect(try await client.reply().text == "gate")
            #expect(try await client.reply().body.count == 60_000)
        }
    }

    @Test func `a request may come byte by byte`() async throws {
        try await withServer(routes: routes) { server in
            let client = try Client(port: server.port)
            let request = "POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello"
            for byte in request.utf8 { try client.send([byte]) }
            #expect(try await client.reply().text == "hello")
        }
    }

    @Test func `a chunked body is put together, and the next request follows`() async throws {
        try await withServer(routes: routes) { server in
            let client = try Client(port: server.port)
            try client.request("POST", "/echo", ["Transfer-Encoding: chunked"])
            try client.send("2\r\nhe\r\n3;a=b\r\nllo\r\n0\r\nX-Trailer: y\r\n\r\n")
            try client.request("GET", "/now?next")
            #expect(try await client.reply().text == "hello")
            #expect(try await client.reply().text == "next")
        }
    }

    @Test(arguments: ["Connection: close", "Connection: foo, Close"])
    func `a connection ends when the client asks for it`(line: String) async throws {
        try await withServer(routes: routes) { server in
            let client = try Client(port: server.port)
            let reply = try await client.ask("GET", "/now", [line])
            #expect(reply.status == 200 && reply.headers["connection"] == "close")
            #expect(try await client.rest().isEmpty)
        }
    }

    @Test func `HTTP 1_0 is served once`() async throws {
        try await withServer(routes: routes) { server in
            let client = try Client(port: server.port)
            try client.send("GET /now?old HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            let reply = try await client.reply()
            #expect(reply.text == "old" && reply.headers["connection"] == "close")
            #expect(try await client.rest().isEmpty)
        }
    }

    @Test func `a client's request id is kept if it is harmless`() async throws {
        try await withServer(routes: routes) { server in
            let client = try Client(port: server.port)
            let long = String(repeating: "i", count: 64)
            for id in ["a", "0b8f.A-_9", long] {
                let reply = try await client.ask("GET", "/now", ["X-Request-Id: \(id)"])
                #expect(reply.headers["x-request-id"] == id)
            }
            for id in ["", "a b", long + "i", "\"", "é", "a,b"] {
                let reply = try await client.ask("GET", "/now", ["X-Request-Id: \(id)"])
                #expect(reply.headers["x-request-id"] != id)
                #expect(reply.headers["x-request-id"]?.isEmpty == false)
            }
        }
    }

    @Test func `requests without an id get different ones`() async throws {
        try await withServer(routes: routes) { server in
            var ids: Set<String> = []
            for _ in 0..<3 {
                let client = try Client(port: server.port)
                for path in ["/now", "/nowhere"] {
                    ids.insert(try await client.ask("GET", path).headers["x-request-id"] ?? "")
                }
            }
            #expect(ids.count == 6 && !ids.contains(""))
        }
    }

    @Test func `a taken port is refused`() async throws {
        try await withServer(routes: routes) { server in
            let loops = try LoopGroup(count: 1)
            let address = try loopback(server.port)
            let configuration = Server.Configuration(addresses: [address], refusals: refused)
            await #expect(throws: ListenError.self) {
                _ = try await Server(configuration, router: Router(), on: loops.loops)
            }
            loops.stop()
        }
    }

    @Test func `several loops share the connections of one port`() async throws {
        try await withServer(loops: 3, routes: routes) { server in
            for index in 0..<20 {
                let client = try Client(port: server.port)
                #expect(try await client.ask("GET", "/later?\(index)").text == "\(index)")
            }
        }
    }
}
