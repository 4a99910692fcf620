import TestSupport
import Testing

/// What is recorded, and what `otpless-server audit` shows of it.
@Suite(.blocking, .timeLimit(.minutes(5)))
struct AuditTests {
    private static let phone = "16505550142"
    private static let masked = "+1650*****42"

    /// The verifier of RFC 7636, appendix B, and its challenge.
    private static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    private static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

    @Test func `a login's life is recorded, each event once, with the request that it came with`()
        async throws
    {
        try await withServer { server in
            let started = try server.call(
                "POST", "/api/auth/initiate", #"{"phoneNumber":"+\#(Self.phone)"}"#,
                headers: [("X-Request-Id", "start-1")])
            let session = try #require(started.data["sessionId"].text)
            let prompt = try server.whatsApp.phone(Self.phone).prompt()
            for _ in 0..<2 {
                let tap = Webhook.tap(prompt.confirm, by: Self.phone, id: "wamid.1")
                var request = LiveServer.webhook(tap)
                request.headers.append(("X-Request-Id", "webhook-1"))
                #expect(try exchange(request, port: server.port).status == 200)
            }
            // Nobody waited: the page that connects now is handed its tokens.
            let page = try PageSocket(session: session, port: server.port, requestID: "socket-1")
            let pair = try Session(try page.nextEvent("auth_success")["data"])
            try page.send(#"{"event":"ack"}"#)
            #expect(try page.next() == .close(1000))
            let logout = try server.call(
                "POST", "/api/auth/logout", #"{"userId":"\#(pair.userID)"}"#,
                bearer: pair.accessToken, headers: [("X-Request-Id", "logout-1")])
            #expect(logout.status == 200)
            let records = try server.audit()
            #expect(
                records.events == [
                    "login.started", "account.created", "login.confirmed", "tokens.issued",
                    "logout",
                ])
            #expect(
                records.map { $0["request"].text } == [
                    "start-1", "webhook-1", "webhook-1", "socket-1", "logout-1",
                ])
            #expect(records.allSatisfy { $0["phoneNumber"].text == Self.masked })
            #expect(Set(records.map { $0["login"].text }).count == 1)
            for record in records.dropFirst() { #expect(record["userId"].text == pair.userID) }
            #expect(records[3]["sid"].text == records[4]["sid"].text)
            let lines = try server.operate("audit", "--since", "1h").lines
            #expect(lines.count == 5)
            #expect(lines[0].contains("login.started  \(Self.masked)  login="))
            #expect(lines[4].contains("request=logout-1"))
            #expect(try server.operate("audit", "--since", "0s").output.isEmpty)
        }
    }

    @Test func `tokens that go with the confirmation are recorded, too`() async throws {
        try await withServer { server in
            let session = try server.initiate("+" + Self.phone)
            let page = try server.page(session)
            _ = try page.nextEvent("pending")
            let prompt = try server.whatsApp.phone(Self.phone).prompt()
            let tap = Webhook.tap(prompt.confirm, by: Self.phone, id: "wamid.1")
            var request = LiveServer.webhook(tap)
            request.headers.append(("X-Request-Id", "webhook-1"))
            #expect(try exchange(request, port: server.port).status == 200)
            _ = try page.nextEvent("auth_success")
            // A page that was about to look gets another pair.
            let first = try #require(try server.audit().of("tokens.issued").first)
            #expect(first["request"].text == "webhook-1" && first["sid"].text != nil)
        }
    }

    @Test func `two hundred forged webhooks leave one record, and the end says how many`()
        async throws
    {
        try await withServer { server in
            let forged = LiveServer.webhook([0x7B, 0x7D], signature: "sha256=00")
            let replies = try exchange(
                [HTTPRequest](repeating: forged, count: 200), port: server.port)
            #expect(replies.allSatisfy { $0.status == 401 })
            let first = try server.audit().of("webhook.rejected")
            #expect(1...2 ~= first.count && first[0]["detail"] == .null)
            #expect(first[0]["request"].text != nil)
            server.process.signal(15)
            #expect(try server.process.waitForEnd() == .exited(0))
            let details = try server.audit().of("webhook.rejected").map { $0["detail"].text }
            let counts = details.map { Int($0?.split(separator: " ").first ?? "1") ?? 0 }
            #expect(counts.reduce(0, +) == 200 && counts.count <= 3, "\(details)")
        }
    }

    @Test func `a session id without its verifier is recorded, over HTTP and on the socket`()
        async throws
    {
        try await withServer { server in
            let member = #""phoneNumber":"+\#(Self.phone)","codeChallenge":"\#(Self.challenge)""#
            let first = try server.begin(member)
            let claim = try server.call(
                "POST", "/api/auth/claim", #"{"sessionId":"\#(first.session)"}"#,
                headers: [("X-Request-Id", "claim-1")])
            #expect(claim.isError(401, "INVALID_CODE_VERIFIER"))
            var records = try server.audit().of("verifier.rejected")
            #expect(records.map { $0["request"].text } == ["claim-1"])
            #expect(records[0]["phoneNumber"].text == Self.masked)
            server.process.signal(15)
            #expect(try server.process.waitForEnd() == .exited(0))
            try server.restart()
            let page = try PageSocket(
                session: first.session, port: server.port, requestID: "socket-1")
            try page.send(
                #"{"event":"hello","codeVerifier":"\#(String(repeating: "x", count: 43))"}"#)
            #expect(try page.next() == .close(4401))
            records = try waitFor("the record") {
                let records = try server.audit().of("verifier.rejected")
                return records.count == 2 ? records : nil
            }
            #expect(records[1]["request"].text == "socket-1")
            #expect(records[1]["login"] == records[0]["login"])
        }
    }

    @Test func `what goes wrong is recorded where it happens`() async throws {
        try await withServer(["OTPLESS_CONFIRMATION": "match"]) { server in
            let wrong = try server.begin(#""phoneNumber":"+\#(Self.phone)""#)
            let other = wrong.number == "10" ? "11" : "10"
            try server.take(Webhook.message(Webhook.text(other), from: Self.phone))
            try server.take(Webhook.message(Webhook.text("ABCD-EFGH"), from: Self.phone))
            let given = try server.begin(#""phoneNumber":"+\#(Self.phone)""#)
            let cancel = try server.call(
                "POST", "/api/auth/cancel", #"{"sessionId":"\#(given.session)"}"#)
            #expect(cancel.status == 200)
            let link = try server.beginLink()
            try server.take(Webhook.message(Webhook.text(link.code), from: Self.phone))
            try server.take(
                Webhook.notice(
                    "user_changed_number", from: Self.phone, more: #","wa_id":"4930123456""#))
            let events = try server.audit().events
            for event in [
                "number.wrong", "login.denied", "code.wrong", "login.joined", "number.changed",
            ] {
                #expect(events.filter { $0 == event }.count == 1, "\(event) in \(events)")
            }
            #expect(events.filter { $0 == "login.cancelled" }.count == 2, "\(events)")
        }
    }

    @Test func `records hold no full number, no token, no code and no session id`() async throws {
        try await withServer { server in
            let session = try server.initiate("+" + Self.phone)
            let prompt = try server.whatsApp.phone(Self.phone).prompt()
            try server.whatsApp.phone(Self.phone).tapConfirm()
            let reply = try waitFor("the confirmation") {
                let reply = try server.claim(session)
                return reply.status == 200 ? reply : nil
            }
            let pair = try Session(reply.data)
            let link = try server.beginLink()
            try server.take(Webhook.message(Webhook.text(link.code), from: Self.phone))
            let next = try Session(try server.refresh(pair.refreshToken).data, user: pair.userID)
            _ = try server.operate("user", "export", "+" + Self.phone)
            _ = try server.operate("user", "move", "+" + Self.phone, "+16505550199")
            _ = try server.operate("user", "delete", pair.userID)
            let rows = try DatabaseFile(server.database).text(
                """
                SELECT group_concat(id || '|' || at || '|' || event || '|' || ifnull(phone, '')
                    || '|' || hex(user) || '|' || hex(login) || '|' || hex(family) || '|'
                    || ifnull(request, '') || '|' || ifnull(detail, ''), char(10))
                FROM audit
                """)
            #expect(rows.split(separator: "\n").count >= 8, "\(rows)")
            let secrets = [
                Self.phone, "16505550199", "6505550142", session, String(session.suffix(21)),
                pair.accessToken, pair.refreshToken, next.refreshToken, link.code,
                link.code.replacing("-", with: ""), link.session, prompt.confirm, prompt.deny,
            ]
            for secret in secrets { #expect(!rows.contains(secret), "\(secret) in \(rows)") }
        }
    }

    @Test(arguments: [
        ["audit"], ["audit", "--since"], ["audit", "--since", ""], ["audit", "--since", "1"],
        ["audit", "--since", "-1h"], ["audit", "--since", "1w"],
        ["audit", "--since", "1h", "--since", "1h"], ["audit", "--since", "1h", "--xml"],
        ["audit", "--since", "1h", "more"], ["user"], ["user", "export"],
        ["user", "look", "+16505550142"],
        ["user", "export", "16505550142"], ["user", "delete", "+16505550142", "+16505550143"],
        ["user", "move", "+16505550142"], ["user", "move", "+16505550142", "16505550143"],
        ["user", "delete", "--force", "+16505550142"],
    ])
    func `a command line that is half right ends with 64`(arguments: [String]) throws {
        let folder = try TemporaryFolder()
        let run = try CommandRun(arguments, CommandTests.settings(folder))
        #expect(run.end == .exited(64))
        #expect(run.output.isEmpty && run.complaints.count == 1)
        #expect(run.errors.hasPrefix("otpless-server \(arguments[0]): "))
    }

    @Test(arguments: [
        ["audit", "--since", "1h"], ["user", "export", "+16505550142"],
        ["user", "delete", "+16505550142"], ["user", "move", "+16505550142", "+16505550143"],
    ])
    func `without a database, or with an older one, nothing is made and nothing changed`(
        arguments: [String]
    ) throws {
        let folder = try TemporaryFolder()
        let path = folder.file("otpless.db")
        let missing = try CommandRun(arguments, CommandTests.settings(folder))
        #expect(missing.end == .exited(1))
        #expect(missing.errors.contains("\(path): store: there is no database"))
        #expect((try? FileFacts(path)) == nil)
        try DatabaseFile(path).run("PRAGMA journal_mode = WAL; PRAGMA user_version = 3")
        let older = try CommandRun(arguments, CommandTests.settings(folder))
        #expect(older.end == .exited(1) && older.errors.contains("otpless-server migrate"))
        #expect(try DatabaseFile(path).text("PRAGMA user_version") == "3")
    }
}
