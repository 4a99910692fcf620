import Loop
import TestSupport
import Testing
import Wire

/// What becomes of bytes that are no proper request, and of peers that go away.
struct ServerRefusalTests {
    private func routes(_ router: inout Router) {
        router.on(.get, "/now") { .now(.text($0.query ?? "")) }
        router.on(.get, "/later") { request in .later { _ in .text(request.query ?? "") } }
        router.on(.post, "/echo") { .now(.text(String(decoding: $0.body, as: UTF8.self))) }
        router.on(.get, "/big") { _ in
            .now(Response(status: 200, body: [UInt8](repeating: 7, count: 8 << 20)))
        }
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\n\r\n", 400), ("nonsense\r\n\r\n", 400), ("\u{16}\u{3}\u{1}", 400),
        ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505), ("CONNECT a:1 HTTP/1.1\r\n\r\n", 501),
        ("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        ("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: magic\r\n\r\n", 417),
        ("GET /" + String(repeating: "a", count: 9000) + " HTTP/1.1\r\n", 414),
        ("GET / HTTP/1.1\r\nX: " + String(repeating: "a", count: 17_000), 431),
    ])
    func `what cannot be read is refused and ends the connection`(
        bytes: String, status: Int
    ) async throws {
        try await withServer(routes: routes) { server in
            let client = try Client(port: server.port)
            try client.send(bytes)
            let reply = try await client.reply()
            #expect(reply.status == status && reply.text == "refused \(status)")
            #expect(reply.headers["connection"] == "close")
            #expect(reply.headers["x-request-id"] != nil && reply.headers["date"] != nil)
            #expect(reply.headers["x-content-type-options"] == "nosniff")
            #expect(try await client.rest().isEmpty)
        }
    }

    @Test(arguments: [
        ("HEAD /now HTTP/1.1\r\n\r\n", 400), ("\r\nHEAD /now HTTP/1.1\r\nHost: a\r\n b\r\n", 400),
        ("HEAD /now HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        ("HEAD /now HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\nx", 413),
        ("HEAD /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n", 404),
        (
            "HEAD /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n",
            405
        ),
        ("HEAD /now HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n!", 400),
    ])
    func `a HEAD that is refused gets no body either`(bytes: String, status: Int) async throws {
        try await withServer(routes: routes) { server in
            let client = try Client(port: server.port)
            try client.send(bytes)
            let received = String(decoding: try await client.rest(), as: UTF8.self)
            #expect(received.hasPrefix("HTTP/1.1 \(status) "))
            #expect(received.hasSuffix("\r\n\r\n"), "\(received)")
        }
    }

    @Test func `requests before a broken one are answered`() async throws {
        try await withServer(routes: routes) { server in
            let client = try Client(port: server.port)
            let good = "HTTP/1.1\r\nHost: a\r\n\r\n"
            try client.send("GET /later?1 \(good)GET /now?2 \(good)GET / oops\r\nGET /now \(good)")
            #expect(try await client.reply().text == "1")
            #expect(try await client.reply().text == "2")
            #expect(try await client.reply().status == 400)
            #expect(try await client.rest().isEmpty)
        }
    }

    @Test func `a reply below the router keeps the client's request id`() async throws {
        try await withServer(routes: routes) { server in
            let client = try Client(port: server.port)
            try client.request(
                "POST", "/echo", ["X-Request-Id: mine"], body: String(repeating: "x", count: 65537))
            let reply = try await client.reply()
            #expect(reply.status == 413 && reply.headers["x-request-id"] == "mine")
        }
    }

    @Test(arguments: ["Content-Length: 5", "Transfer-Encoding: chunked"])
    func `a client that asks is told to continue`(framing: String) async throws {
        try await withServer(routes: routes) { server in
            let client = try Client(port: server.port)
            try client.request("POST", "/echo", [framing, "Expect: 100-continue"])
            #expect(try await client.reply().head == "HTTP/1.1 100 Continue\r\n\r\n")
            try client.send(framing.hasSuffix("5") ? "hello" : "5\r\nhello\r\n0\r\n\r\n")
            #expect(try await client.reply().text == "hello")
        }
    }

    @Test func `a client that did not wait is not told to continue`() async throws {
        try await withServer(routes: routes) { server in
            let client = try Client(port: server.port)
            try client.request("POST", "/echo", ["Expect: 100-continue"], body: "hello")
            #expect(try await client.reply().text == "hello")
            try client.request("GET", "/later?x")
            try client.request("POST", "/echo", ["Expect: 100-continue"], body: "again")
            #expect(try await client.reply().text == "x")
            #expect(try await client.reply().text == "again")
        }
    }

    /// An attack: the refusal once left the loop waiting for a body that it had refused.
    @Test(arguments: [
        ("Content-Length: 65537", ""), ("Transfer-Encoding: chunked", "zz\r\n"),
        ("Transfer-Encoding: chunked", "10001\r\n"),
    ])
    func `a refused body that waits for 100-continue does not hold up its loop`(
        framing: String, body: String
    ) async throws {
        try await withServer(routes: routes) { server in
            let client = try Client(port: server.port)
            let head =
                "POST /echo HTTP/1.1\r\nHost: a\r\n\(framing)\r\nExpect: 100-continue\r\n\r\n"
            try client.send(head + body)
            #expect([400, 413].contains(try await client.reply().status))
            #expect(try await Client(port: server.port).ask("GET", "/now?a").text == "a")
        }
    }

    @Test(arguments: [("/nowhere", 404), ("/now", 405)])
    func `a body that nobody wants is refused before it is sent`(
        path: String, status: Int
    ) async throws {
        try await withServer(routes: routes) { server in
            let client = try Client(port: server.port)
            try client.request("POST", path, ["Content-Length: 5", "Expect: 100-continue"])
            #expect(try await client.reply().status == status)
        }
    }

    @Test func `a half-closed peer gets all its replies`() async throws {
        try await withServer(routes: routes) { server in
            let client = try Client(port: server.port)
            for index in 0..<4 { try client.request("GET", index < 2 ? "/now?n" : "/later?l") }
            client.finishSending()
            for text in ["n", "n", "l", "l"] { #expect(try await client.reply().text == text) }
            #expect(try await client.rest().isEmpty)
        }
    }

    @Test(arguments: [[], ["Connection: close"]])
    func `a half-closed peer gets a large reply whole`(lines: [String]) async throws {
        // Under a sanitizer reading all takes longer than the limit.
        try await withServer(times: .with(\.write, .seconds(600)), routes: routes) { server in
            let client = try Client(port: server.port, receiveBuffer: 4096)
            try client.request("GET", "/big", lines)
            client.finishSending()
            // A round trip on the same loop: the end has been seen by now.
            for _ in 0..<2 { _ = try await Client(port: server.port).ask("GET", "/now") }
            #expect(try await client.reply().body.count == 8 << 20)
            #expect(try await client.rest().isEmpty)
        }
    }

    @Test func `a peer that ends within a request gets nothing`() async throws {
        try await withServer(routes: routes) { server in
            let client = try Client(port: server.port)
            try client.send("GET /now HT")
            client.finishSending()
            #expect(try await client.rest().isEmpty)
        }
    }

    @Test func `peers that break off leave the server as it was`() async throws {
        try await withServer(routes: routes) { server in
            for index in 0..<20 {
                let client = try Client(port: server.port)
                try client.request("GET", index % 2 == 0 ? "/later" : "/big")
                try client.send("GET /no")
                client.reset()
            }
            #expect(try await Client(port: server.port).ask("GET", "/now?a").text == "a")
        }
    }

    /// An attack: small requests for large replies that are never read.
    @Test func `a peer that does not read is not answered without end`() async throws {
        let answered = Counter()
        try await withServer { router in
            router.on(.get, "/mebibyte") { _ in
                answered.add()
                return .now(Response(status: 200, body: [UInt8](repeating: 7, count: 1 << 20)))
            }
            router.on(.get, "/now") { _ in .now(.text("")) }
        } _: { server in
            let client = try Client(port: server.port, receiveBuffer: 4096)
            try client.send(
                String(repeating: "GET /mebibyte HTTP/1.1\r\nHost: a\r\n\r\n", count: 100))
            for _ in 0..<2 { _ = try await Client(port: server.port).ask("GET", "/now") }
            // The first fills what the kernel takes and what may wait here.
            #expect(answered.value <= 2)
        }
    }
}
