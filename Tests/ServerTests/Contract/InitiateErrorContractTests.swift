import Glibc
import TestSupport
import Testing

/// CONTRACT section 2, POST /api/auth/initiate: the errors that are no field's fault.
@Suite(.blocking, .serialized, .timeLimit(.minutes(5)))
struct InitiateErrorContractTests {
    @Test func `a provider that does not answer in time is MESSAGE_SEND_FAILED like any other`()
        async throws
    {
        let silent = try SilentPeer()
        let changes = [
            "OTPLESS_WHATSAPP_BASE_URL": "http://127.0.0.1:\(silent.port)",
            // Sending may take no longer than the login lives.
            "OTPLESS_LOGIN_TTL": "1s",
        ]
        try await withServer(changes) { server in
            let reply = try initiate(server, "+16505550142")
            let isRight = reply.says(
                500, "MESSAGE_SEND_FAILED", "Failed to send confirmation message",
                "Failed to send WhatsApp message")
            #expect(isRight, "\(reply)")
        }
    }

    @Test func `after a deny a prompt to that number is RATE_LIMITED, to another one not`()
        async throws
    {
        try await withServer(["OTPLESS_DENY_BLOCK": "10m"]) { server in
            _ = try server.start("16505550142")
            try server.press(\.deny, on: server.whatsApp.phone("16505550142"))
            #expect(try initiate(server, "+16505550142").isError(429, "RATE_LIMITED"))
            #expect(try initiate(server, "+16505550143").status == 200)
        }
    }

    @Test func `while the store is down a login is refused with 503, and nothing is sent`()
        async throws
    {
        try await withServerAndStore { server, path in
            let lock = try StoreLock(database: path)
            let reply = try initiate(server, "+16505550142")
            #expect(reply.isError(503, "SERVICE_UNAVAILABLE"), "\(reply)")
            let phone = server.whatsApp.phone("16505550142")
            #expect(throws: Fault.self) { try phone.prompt() }
            _ = consume lock
        }
    }

    private func initiate(_ server: LiveServer, _ number: String) throws -> HTTPReply {
        try server.call("POST", "/api/auth/initiate", #"{"phoneNumber":"\#(number)"}"#)
    }

    @Test func `while the server drains a login is refused with 503, and nothing is sent`()
        async throws
    {
        try await withServer(["OTPLESS_WORKERS": "1"]) { server in
            let body = #"{"phoneNumber":"+16505550142"}"#
            let request = HTTPRequest("POST", "/api/auth/initiate", body).bytes
            let socket = try TCPSocket(port: server.port)
            try socket.send(Array(request.dropLast(1)))
            // Its reply shows that the bytes above have been read, too: the one loop takes turns.
            _ = try server.call("GET", "/healthz")
            server.process.signal(SIGTERM)
            _ = try waitFor("the drain") { server.log.contains(#""draining""#) ? true : nil }
            try socket.send(Array(request.suffix(1)))
            let reply = try socket.takeReply()
            #expect(reply.isError(503, "SERVICE_UNAVAILABLE"), "\(reply)")
            let phone = server.whatsApp.phone("16505550142")
            #expect(throws: Fault.self) { try phone.prompt() }
        }
    }
}
