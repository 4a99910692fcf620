import TestSupport
import Testing

/// Providers deliver at least once, and sometimes at the same moment.
@Suite(.blocking, .timeLimit(.minutes(5)))
struct DuplicateTests {
    @Test func `the same delivery twice confirms once`() async throws {
        try await withServer { server in
            let (page, body) = try waitingPage(server)
            for _ in 1...2 {
                #expect(try server.deliver(body).isSuccess("Webhook received successfully"))
            }
            try expectOnePair(server, page)
        }
    }

    @Test func `twenty copies at once confirm once`() async throws {
        try await withServer { server in
            let (page, body) = try waitingPage(server)
            try deliverAtOnce(server, (0..<20).map { _ in body })
            try expectOnePair(server, page)
        }
    }

    @Test func `twenty taps with ids of their own confirm once`() async throws {
        try await withServer { server in
            let (page, _) = try waitingPage(server)
            let phone = server.whatsApp.phone("16505550142")
            let payload = try phone.prompt().confirm
            let bodies = (0..<20).map { index in
                Webhook.tap(payload, by: phone.digits, id: "wamid.\(index)")
            }
            try deliverAtOnce(server, bodies)
            try expectOnePair(server, page)
        }
    }

    @Test func `a repeated confirmation does not wake an acknowledged login`() async throws {
        try await withServer { server in
            let session = try server.initiate("+16505550142")
            let phone = server.whatsApp.phone("16505550142")
            let body = Webhook.tap(try phone.prompt().confirm, by: phone.digits, id: "wamid.1")
            #expect(try server.deliver(body).status == 200)
            #expect(try server.claim(session).status == 200)
            let ack = try server.call("POST", "/api/auth/ack", #"{"sessionId":"\#(session)"}"#)
            #expect(ack.status == 200)
            #expect(try server.deliver(body).status == 200)
            #expect(try server.claim(session).isError(410, "SESSION_EXPIRED"))
        }
    }

    private func waitingPage(_ server: LiveServer) throws -> (PageSocket, [UInt8]) {
        let page = try server.page(try server.initiate("+16505550142"))
        _ = try page.nextEvent("pending")
        let phone = server.whatsApp.phone("16505550142")
        let prompt = try phone.prompt()
        return (
            page,
            Webhook.tap(prompt.confirm, by: phone.digits, id: "wamid.copy", quoting: prompt.id)
        )
    }

    /// All are sent, each over a connection of its own, before the first answer is read.
    private func deliverAtOnce(_ server: LiveServer, _ bodies: [[UInt8]]) throws {
        let sockets = try bodies.map { _ in try TCPSocket(port: server.port) }
        for (socket, body) in zip(sockets, bodies) {
            try socket.send(LiveServer.webhook(body).bytes)
        }
        for socket in sockets {
            #expect(try socket.takeReply().isSuccess("Webhook received successfully"))
        }
    }

    private func expectOnePair(_ server: LiveServer, _ page: PageSocket) throws {
        let signedIn = try Session(try page.nextEvent("auth_success")["data"])
        try page.send(#"{"event":"ack"}"#)
        // A second pair would come before the close, and end the first.
        #expect(try page.next() == .close(1000))
        #expect(try server.me(signedIn.accessToken).status == 200)
        #expect(try server.refresh(signedIn.refreshToken).status == 200)
    }
}
