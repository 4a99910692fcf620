import Glibc
import TestSupport
import Testing

/// How many connections the real server bears, and what it says where that is too many for the machine.
@Suite(.blocking, .timeLimit(.minutes(2)))
struct ConnectionLimitTests {
    /// What the processes that tests start may raise their own limit to.
    static let hardLimit: Int = {
        var limits = rlimit()
        _ = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits)
        return Int(clamping: limits.rlim_max)
    }()

    @Test func `who finds no place is told 503 with the envelope, and the others are served`()
        async throws
    {
        try await withServer(["OTPLESS_CONNECTIONS": "16"]) { server in
            let begun = Array("GET /healthz HT".utf8)
            // Each has been served: so it is inside before anybody else asks.
            let inside = try (0..<16).map { _ in
                let socket = try TCPSocket(port: server.port)
                try socket.send(HTTPRequest(method: "GET", path: "/healthz").bytes)
                #expect(try socket.takeReply().status == 200)
                try socket.send(begun)
                return socket
            }
            let refusal = try waitFor("a full house") {
                let reply = try server.call("GET", "/healthz")
                return reply.status == 503 ? reply : nil
            }
            #expect(refusal.isError(503, "SERVICE_UNAVAILABLE"))
            #expect(refusal["Retry-After"] == "1" && refusal["Connection"] == "close")
            #expect(refusal["X-Request-Id"] != nil)
            for socket in inside.dropFirst() {
                try socket.send("TP/1.1\r\nHost: a\r\n\r\n")
                let reply = try socket.takeReply()
                #expect(reply.status == 200)
            }
            // They are idle now, and give way.
            _ = try waitFor("a place") {
                try server.call("GET", "/healthz").status == 200 ? true : nil
            }
        }
    }

    @Test func `a reverse proxy on this machine may have all connections`() async throws {
        try await withServer(["OTPLESS_CONNECTIONS_PER_IP": "1"]) { server in
            let sockets = try (0..<20).map { _ in try TCPSocket(port: server.port) }
            for socket in sockets {
                try socket.send(HTTPRequest(method: "GET", path: "/healthz").bytes)
            }
            for socket in sockets { #expect(try socket.takeReply().status == 200) }
        }
    }

    @Test(.enabled(if: hardLimit < 1_000_000, "the descriptor limit bears all that can be set"))
    func `more connections than descriptors are told of`() throws {
        let folder = try TemporaryFolder()
        var settings = CommandTests.settings(folder)
        settings["OTPLESS_CONNECTIONS"] = "1000000"
        let run = try CommandRun(["check-config"], settings)
        #expect(run.end == .exited(0))
        let told = run.complaints.filter { $0.contains("OTPLESS_CONNECTIONS is 1000000") }
        #expect(told.count == 1 && told[0].hasPrefix("warning: "))
        #expect(told[0].contains("\(Self.hardLimit)"))
        settings["OTPLESS_CONNECTIONS"] = "16"
        let fine = try CommandRun(["check-config"], settings)
        #expect(!fine.errors.contains("OTPLESS_CONNECTIONS"))
    }
}
