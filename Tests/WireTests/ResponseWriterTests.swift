import Loop
import TestSupport
import Testing
import Wire

/// Replies to the byte, as they come over a socket.
struct ResponseWriterTests {
    private func routes(_ router: inout Router) {
        router.on(.get, "/text") { _ in
            var response = Response.text("hello")
            response.headers = [("Cache-Control", "no-store")]
            return .now(response)
        }
        router.on(.get, "/204") { _ in .now(Response(status: 204)) }
        router.on(.get, "/304") { _ in .now(Response(status: 304)) }
        router.on(.get, "/empty") { _ in .now(Response(status: 200)) }
        router.on(.get, "/299") { _ in .now(Response(status: 299)) }
        router.on(.get, "/last") { _ in
            var response = Response.text("bye")
            response.closes = true
            return .now(response)
        }
        router.onEcho()
    }

    /// All that comes for a request up to the end, with the date left out.
    private func bytes(_ method: String, _ path: String) async throws -> String {
        var all = ""
        try await withServer(routes: routes) { server in
            let client = try Client(port: server.port)
            try client.request(method, path, ["X-Request-Id: r-1"])
            client.finishSending()
            all = String(decoding: try await client.rest(), as: UTF8.self)
        }
        let lines = all.split(separator: "\r\n", omittingEmptySubsequences: false)
        #expect(lines[1].hasPrefix("Date: ") && lines[1].hasSuffix(" GMT"))
        return (lines[..<1] + lines[2...]).joined(separator: "\n")
    }

    private static let common = "X-Request-Id: r-1\nX-Content-Type-Options: nosniff\n"

    @Test func `a reply has its lines in order`() async throws {
        let expected =
            "HTTP/1.1 200 OK\n" + Self.common
            + "Content-Type: text/plain\nCache-Control: no-store\nContent-Length: 5\n\nhello"
        #expect(try await bytes("GET", "/text") == expected)
    }

    @Test func `a reply to HEAD has the length and no body`() async throws {
        let expected =
            "HTTP/1.1 200 OK\n" + Self.common
            + "Content-Type: text/plain\nCache-Control: no-store\nContent-Length: 5\n\n"
        #expect(try await bytes("HEAD", "/text") == expected)
    }

    @Test(arguments: [
        ("/204", "204 No Content", ""), ("/304", "304 Not Modified", ""),
        ("/empty", "200 OK", "Content-Length: 0\n"), ("/299", "299 ", "Content-Length: 0\n"),
    ])
    func `only a reply that may have a body has a length`(
        path: String, status: String, length: String
    ) async throws {
        #expect(
            try await bytes("GET", path) == "HTTP/1.1 \(status)\n" + Self.common + length + "\n")
    }

    @Test func `the last reply says so`() async throws {
        let expected =
            "HTTP/1.1 200 OK\n" + Self.common
            + "Content-Type: text/plain\nContent-Length: 3\nConnection: close\n\nbye"
        #expect(try await bytes("GET", "/last") == expected)
    }

    @Test func `an upgrade has no length`() async throws {
        try await withServer(routes: routes) { server in
            let client = try Client(port: server.port)
            let reply = try await client.upgrade()
            let lines = reply.head.split(separator: "\r\n", omittingEmptySubsequences: false)
            #expect(lines[0] == "HTTP/1.1 101 Switching Protocols")
            #expect(
                Array(lines[3...]) == [
                    "X-Content-Type-Options: nosniff", "Upgrade: websocket", "Connection: Upgrade",
                    "Sec-WebSocket-Accept: proof", "", "",
                ])
        }
    }

    @Test func `the date is a fixdate of now`() async throws {
        try await withServer(routes: routes) { server in
            let reply = try await Client(port: server.port).ask("GET", "/204")
            let date = try #require(reply.headers["date"])
            // RFC 9110 §5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`.
            let form = /(Sun|Mon|Tue|Wed|Thu|Fri|Sat), \d\d [A-Z][a-z]{2} \d{4} (\d\d:){2}\d\d GMT/
            #expect(date.wholeMatch(of: form) != nil)
        }
    }
}
