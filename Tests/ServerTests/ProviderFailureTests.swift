import TestSupport
import Testing

@Suite(.blocking, .timeLimit(.minutes(5)))
struct ProviderFailureTests {
    @Test func `whatever keeps a message from being sent, the reply is the same`() async throws {
        var bodies: [[UInt8]] = []
        // WhatsApp refuses: nobody can write to himself.
        try await withServer { server in
            bodies.append(try expectFailure(server, "+15550783881"))
            // That harmed nobody else.
            #expect(try server.claim(try server.initiate("+16505550142")).status == 202)
        }
        // WhatsApp does not know the token.
        try await withServer(["OTPLESS_WHATSAPP_ACCESS_TOKEN": "another-token"]) { server in
            bodies.append(try expectFailure(server, "+16505550142"))
        }
        // WhatsApp cannot be reached.
        let closed = try FreePort.next()
        let unreachable = ["OTPLESS_WHATSAPP_BASE_URL": "http://127.0.0.1:\(closed)"]
        try await withServer(unreachable) { server in
            bodies.append(try expectFailure(server, "+16505550142"))
        }
        #expect(Set(bodies).count == 1)
    }

    @Test func `an answer that is not the Cloud API's is a failure like any other`() async throws {
        let port = try FreePort.next()
        let other = try await SimulatedWhatsApp(webhookPort: port)
        let elsewhere = ["OTPLESS_WHATSAPP_BASE_URL": "http://127.0.0.1:\(other.port)/not/there"]
        try await withServer(elsewhere) { server in
            _ = try expectFailure(server, "+16505550142")
        }
        await other.stop()
    }

    private func expectFailure(_ server: LiveServer, _ number: String) throws -> [UInt8] {
        let reply = try server.call(
            "POST", "/api/auth/initiate", #"{"phoneNumber":"\#(number)"}"#)
        #expect(reply.isError(500, "MESSAGE_SEND_FAILED"), "\(reply)")
        #expect(reply.json["error"]["message"].text == "Failed to send confirmation message")
        #expect(reply.json["error"]["details"].text == "Failed to send WhatsApp message")
        return reply.body
    }
}
