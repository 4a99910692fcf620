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
            secrets += try liveThroughALink(server)
            secrets += try liveThroughAnAccount(server)
            try Self.check(server, for: secrets)
        }
    }

    @Test(arguments: ["debug", "info"])
    func `number matching leaves no number, no code and no text in the log`(level: String)
        async throws
    {
        let settings = ["OTPLESS_LOG_LEVEL": level, "OTPLESS_CONFIRMATION": "match"]
        try await withServer(settings) { server in
            let right = try server.begin(#""phoneNumber":"+16505550142""#)
            try server.take(Webhook.message(Webhook.text(right.number), from: "16505550142"))
            #expect(try server.standing(right.session) == "200")
            let wrong = try server.begin(#""phoneNumber":"+4930123456""#)
            let text = wrong.number == "10" ? "11" : "10"
            try server.take(Webhook.message(Webhook.text(text), from: "4930123456"))
            #expect(try server.standing(wrong.session) == "LOGIN_DENIED")
            let link = try server.beginLink()
            try server.take(Webhook.message(Webhook.text(link.code), from: "4930123457"))
            try Self.check(
                server,
                for: [
                    "16505550142", "4930123456", "4930123457", right.session, wrong.session,
                    link.session, link.code, "\"\(right.number)\"", "\"\(wrong.number)\"",
                    ":\(right.number),", ":\(right.number)}",
                ])
        }
    }

    private static func check(_ server: LiveServer, for secrets: [String]) throws {
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

    /// Codes, right and wrong, in texts that say more.
    private func liveThroughALink(_ server: LiveServer) throws -> [String] {
        let link = try server.beginLink(#""notificationDeviceId":"push-token-7""#)
        for text in ["Dear shop, ABCD-EFGH", "My secret diary: \(link.code)"] {
            try server.take(
                Webhook.message(Webhook.text(text), from: "4930123456", userID: "DE.77"))
        }
        let pair = try Session(try server.claim(link.session).json["data"])
        return [
            "4930123456", "DE.77", "ABCD-EFGH", "Dear shop", "secret diary", link.code,
            link.code.replacing("-", with: ""), link.session, "push-token-7", pair.accessToken,
            pair.refreshToken,
        ]
    }

    /// What operators and the person do with the account, and a changed number.
    private func liveThroughAnAccount(_ server: LiveServer) throws -> [String] {
        let pair = try server.signedIn("16505550199")
        let export = try server.operate("user", "export", "+16505550199")
        #expect(export.errors.isEmpty)
        let move = try server.operate("user", "move", "+16505550199", "+16505550188")
        #expect(!move.output.contains("16505550188") && move.errors.isEmpty)
        let deletion = try server.call("DELETE", "/api/user/me", bearer: pair.accessToken)
        #expect(deletion.status == 200)
        _ = try server.signedIn("16505550177")
        try server.take(
            Webhook.notice(
                "user_changed_number", from: "16505550177", more: #","wa_id":"16505550166""#))
        _ = try server.command("user", "delete", "+16505550177")
        return ["16505550199", "16505550188", "16505550177", "16505550166", pair.accessToken]
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
