import TestSupport
import Testing

/// Who may read `/metrics`.
@Suite(.blocking, .timeLimit(.minutes(2)))
struct MetricsAccessTests {
    private static let token = "scrape-me-0123456789"

    @Test func `metrics are plain text outside the envelope, for programs of this machine`()
        async throws
    {
        try await withServer { server in
            let reply = try server.call("GET", "/metrics")
            #expect(reply.status == 200)
            #expect(reply["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(reply["Cache-Control"] == "no-store")
            #expect(reply.text.hasPrefix("# HELP otpless_build_info "))
        }
    }

    @Test(arguments: [
        "Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "x-forwarded-anything", "X-Real-IP",
        "Via", "VIA", "X-Client-Ip", "Client-IP", "True-Client-IP", "CF-Connecting-IP",
        "X-Cluster-Client-IP", "X-Original-Forwarded-For",
    ])
    func `what a proxy passes on is not of this machine`(_ header: String) async throws {
        try await withServer { server in
            for value in ["203.0.113.9", "127.0.0.1", ""] {
                let reply = try server.call("GET", "/metrics", headers: [(header, value)])
                try expectNothing(reply, of: server)
            }
            // A proxy may say so twice.
            let twice = [("Accept", "*/*"), (header, "a"), (header, "b")]
            try expectNothing(try server.call("GET", "/metrics", headers: twice), of: server)
        }
    }

    @Test func `with a token configured metrics are for whoever has it, and for nobody else`()
        async throws
    {
        try await withServer(["OTPLESS_METRICS_TOKEN": Self.token]) { server in
            let forwarded = [("X-Forwarded-For", "203.0.113.9")]
            let right = try server.call(
                "GET", "/metrics", bearer: Self.token, headers: forwarded)
            #expect(right.status == 200)
            _ = try MetricsPage(right.text)
            for wrong in [Self.token + "x", String(Self.token.dropLast()), "", "x", "a b"] {
                let reply = try server.call("GET", "/metrics", bearer: wrong)
                try expectNothing(reply, of: server)
            }
            try expectNothing(try server.call("GET", "/metrics"), of: server)
            let basic = [("Authorization", "Basic \(Self.token)")]
            try expectNothing(try server.call("GET", "/metrics", headers: basic), of: server)
            let query = "/metrics?token=\(Self.token)"
            try expectNothing(try server.call("GET", query), of: server)
        }
    }

    @Test func `HEAD of metrics has the head of GET and no body`() async throws {
        try await withServer { server in
            let socket = try TCPSocket(port: server.port)
            let close = [("Connection", "close")]
            try socket.send(HTTPRequest(method: "HEAD", path: "/metrics", headers: close).bytes)
            let head = try socket.takeReply(isToHead: true)
            #expect(head.status == 200)
            #expect(head["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(try #require(head["Content-Length"].flatMap { Int($0) }) > 1000)
            #expect(try socket.takeAll().isEmpty)
        }
    }

    /// The reply is the one of a path that is not there.
    private func expectNothing(_ reply: HTTPReply, of server: LiveServer) throws {
        let nowhere = try server.call("GET", "/nowhere")
        #expect(reply.isError(404, "NOT_FOUND"))
        #expect(reply.body == nowhere.body)
        #expect(reply.headers.map(\.name) == nowhere.headers.map(\.name))
    }
}
