import Foundation
import TestSupport
import Testing

/// The server has no descriptor left.
@Suite(
    .blocking, .timeLimit(.minutes(5)),
    .enabled(if: ResourceLimit.isAvailable, "prlimit(1) is not installed"))
struct DescriptorTests {
    @Test func `without a descriptor left the server rests, serves on, and recovers`() async throws
    {
        let provider = try StandInProvider()
        try await withServer(provider.asBase) { server in
            let ledger = Ledger()
            let session = try server.initiate("+16505550142")
            let page = try server.page(session)
            _ = try page.nextEvent("pending")
            let open = try TCPSocket(port: server.port)
            try open.send(HTTPRequest(method: "GET", path: "/healthz").bytes)
            ledger.expect(try open.takeReply().status == 200, "alive")
            let limit = server.process.nextDescriptor
            try ResourceLimit.descriptors.set(limit, of: server.process)

            // More connections than descriptors: they wait in the backlog.
            let waiting = try (0..<40).map { _ in try TCPSocket(port: server.port) }
            for socket in waiting {
                try socket.send(HTTPRequest(method: "GET", path: "/healthz").bytes)
                ledger.add(.sent)
            }
            let used = try processorTime(of: server.process, in: .seconds(1))
            #expect(used < .milliseconds(300))
            #expect(server.process.nextDescriptor == limit)
            try serveOn(open, page, provider, session, server, ledger)

            try ResourceLimit.descriptors.set(nil, of: server.process)
            for socket in waiting {
                ledger.expect(try socket.takeReply().status == 200, "a connection that waited")
            }
            try signIn("16505550199", provider, server, ledger)
            print(
                "faults: no descriptor left: \(ledger.summary), processor time in 1 s "
                    + "\(used.inMilliseconds)")
            #expect(ledger.lost == [])
        }
    }

    @Test func `once connections have closed, logins work again`() async throws {
        let provider = try StandInProvider()
        try await withServer(provider.asBase) { server in
            let ledger = Ledger()
            let open = try TCPSocket(port: server.port)
            try open.send(HTTPRequest(method: "GET", path: "/healthz").bytes)
            ledger.expect(try open.takeReply().status == 200, "alive")
            let limit = server.process.nextDescriptor + 5
            try ResourceLimit.descriptors.set(limit, of: server.process)
            var crowd = try (0..<30).map { _ in try TCPSocket(port: server.port) }
            _ = try waitFor("a full house") { server.process.nextDescriptor >= limit ? true : nil }
            ledger.expect(crowd.count == 30, "connected")
            // A login needs a descriptor for the provider, and there is none.
            try open.send(Self.initiate("16505550142").bytes)
            let reply = try open.takeReply()
            ledger.expect(reply.isError(500, "MESSAGE_SEND_FAILED"), "\(reply)")
            ledger.add(.refused)
            crowd = []
            _ = try waitFor("descriptors") {
                try? signIn("16505550142", provider, server, ledger)
            }
            print("faults: a crowd that went: \(ledger.summary)")
            #expect(ledger.lost == [])
            #expect(ledger[.collected] == 1)
        }
    }

    /// Who is connected is served: requests, a waiting page, and the webhook that it waits for.
    private func serveOn(
        _ open: TCPSocket, _ page: PageSocket, _ provider: StandInProvider, _ session: String,
        _ server: LiveServer, _ ledger: Ledger
    ) throws {
        let message = try provider.message(to: "16505550142")
        let tap = Webhook.tap(message.confirm, by: "16505550142", id: "wamid.1")
        try open.send(LiveServer.webhook(tap).bytes)
        ledger.expect(try open.takeReply().status == 200, "tap")
        ledger.add(.confirmed)
        let event = try page.nextEvent("auth_success")
        ledger.add(.collected)
        let token = try Session(event["data"]).accessToken
        try open.send(
            HTTPRequest(
                method: "GET", path: "/api/user/me", headers: [("Authorization", "Bearer \(token)")]
            ).bytes)
        ledger.expect(try open.takeReply().status == 200, "me")
    }

    private func signIn(
        _ digits: String, _ provider: StandInProvider, _ server: LiveServer, _ ledger: Ledger
    ) throws {
        let session = try server.initiate("+" + digits)
        let message = try provider.message(to: digits)
        let tap = Webhook.tap(message.confirm, by: digits, id: "in." + message.id)
        ledger.expect(try server.deliver(tap).status == 200, "tap")
        ledger.add(.confirmed)
        ledger.expect(try server.claim(session).status == 200, "claim")
        ledger.add(.collected)
    }

    private static func initiate(_ digits: String) -> HTTPRequest {
        HTTPRequest(
            method: "POST", path: "/api/auth/initiate",
            headers: [("Content-Type", "application/json")],
            body: Array(#"{"phoneNumber":"+\#(digits)"}"#.utf8))
    }

    /// What a process uses in that time.
    private func processorTime(of process: ChildProcess, in time: Duration) throws -> Duration {
        let begin = try process.processorTime()
        let end = ContinuousClock.now + time
        while ContinuousClock.now < end { usleep(10_000) }
        return try process.processorTime() - begin
    }
}
