import TestSupport
import Testing

@Suite(.blocking, .timeLimit(.minutes(5)))
struct LogTests {
    @Test(arguments: ["debug", "info"])
    func `a whole login leaves no secret in the log`(level: String) async throws {
        try await withServer(["OTPLESS_LOG_LEVEL": level]) { server in
            var secrets = [
                LiveServer.jwtSecret, LiveServer.verifyToken, SimulatedWhatsApp.accessToken,
                SimulatedWhatsApp.appSecret, "16505550142", "Ada Lovelace",
            ]
            secrets += try liveThroughALogin(server)
            secrets += try liveThroughFailures(server)
            server.process.signal(15)
            #expect(try server.process.waitForEnd() == .exited(0))
            let log = server.log
            let lines = log.split(separator: "\n")
            #expect(lines.count >= 5, "\(log)")
            for line in lines {
                let isObject = (try? JSON(Array(line.utf8)))?["event"].text != nil
                #expect(isObject, "not a JSON line: \(line)")
            }
            for secret in secrets {
                #expect(!secret.isEmpty && !log.contains(secret), "\(secret) is in the log")
            }
        }
    }

    /// A login, a refresh, a theft and a logout; returns all that must stay secret.
    private func liveThroughALogin(_ server: LiveServer) throws -> [String] {
        let session = try server.initiate("+16505550142")
        let prompt = try server.whatsApp.phone("16505550142").prompt()
        let page = try server.page(session)
        try server.whatsApp.phone("16505550142").tapConfirm()
        let first = try Session(try page.nextEvent("auth_success")["data"])
        try page.send(#"{"event":"ack"}"#)
        #expect(try page.next() == .close(1000))
        _ = try server.call(
            "PUT", "/api/user/me", #"{"name":"Ada Lovelace"}"#, bearer: first.accessToken)
        let refreshed = try server.refresh(first.refreshToken).json["data"]
        let second = try Session(refreshed, user: first.userID)
        #expect(try server.logout(second).status == 200)
        let body = Webhook.tap(prompt.confirm, by: "16505550142", id: "wamid.1")
        _ = try server.deliver(body)
        return [
            session, String(session.suffix(21)), prompt.confirm, prompt.deny,
            String(prompt.confirm.suffix(21)), first.accessToken, first.refreshToken,
            second.accessToken, second.refreshToken, Webhook.signature(of: body),
        ] + [first.accessToken, second.accessToken].map { String($0.suffix(43)) }
    }

    /// What goes wrong is logged, and must not tell more.
    private func liveThroughFailures(_ server: LiveServer) throws -> [String] {
        let refused = try server.call(
            "POST", "/api/auth/initiate", #"{"phoneNumber":"+15550783881"}"#)
        #expect(refused.isError(500, "MESSAGE_SEND_FAILED"))
        let forged = Webhook.tap("otpless.c.forged-payload", by: "16505550142", id: "wamid.2")
        let signature = "sha256=" + String(repeating: "ab", count: 32)
        _ = try server.deliver(forged, signature: signature)
        _ = try server.me("forged-access-token")
        _ = try server.refresh("forged-refresh-token")
        _ = try server.call("GET", "/api/auth/ws?sessionId=forged-session")
        return [
            "15550783881", "forged-payload", signature, "forged-access-token",
            "forged-refresh-token", "forged-session",
        ]
    }
}
