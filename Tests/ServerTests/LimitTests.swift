import TestSupport
import Testing

/// CONTRACT section 6: what a stranger may cause, and what nobody can be kept from.
@Suite(.blocking, .timeLimit(.minutes(2)))
struct LimitTests {
    private static let phone = "16505550142"

    /// What the contract has by default.
    private static let defaults = [
        "OTPLESS_LIMIT_PHONE": "1/60s,3/1h,10/1d", "OTPLESS_LIMIT_IP": "60/10m",
        "OTPLESS_DENY_BLOCK": "10m",
    ]

    // MARK: A phone

    @Test func `64 initiates at once for one phone send one message`() async throws {
        let provider = try StandInProvider()
        try await withServer(Self.defaults.merging(provider.asBase) { $1 }) { server in
            let port = server.port
            let replies = try inParallel(64) { _ in
                try exchange(LiveServer.prompt(Self.phone), port: port)
            }
            #expect(replies.count { $0.status == 200 } == 1)
            #expect(replies.count { $0.isLimited(within: 1...60) } == 63)
            #expect(provider.count == 1)
            // Another phone is not concerned.
            #expect(try server.prompt("16505550143").status == 200)
        }
    }

    @Test func `one prompt a minute, three an hour and ten a day, also for a new server`()
        async throws
    {
        try await withServer(Self.defaults) { server in
            var sent = 0
            for hour in 0..<5 {
                for minute in 0..<5 {
                    let reply = try server.prompt(Self.phone)
                    sent += reply.status == 200 ? 1 : 0
                    let isFree = minute < 3 && sent <= 10
                    #expect(reply.status == 200 ? isFree : reply.isError(429), "\(reply)")
                    #expect(try server.prompt(Self.phone).isLimited(within: 1...86_400))
                    try server.age(by: .seconds(60))
                    if hour == 1 { try server.killAndRestart() }
                }
                try server.age(by: .seconds(3600))
            }
            #expect(sent == 10)
            #expect(try server.prompt(Self.phone).isLimited(within: 60_000...86_400))
            try server.age(by: .seconds(86_400))
            #expect(try server.prompt(Self.phone).status == 200)
        }
    }

    @Test(arguments: [
        ("5215512345678", "525512345678"), ("541112345678", "5491112345678"),
        ("5585998765432", "558598765432"),
    ])
    func `a phone has no second limit under another spelling`(
        _ one: String, _ other: String
    ) async throws {
        try await withServer(Self.defaults) { server throws in
            #expect(try server.prompt(one).status == 200)
            for spelling in [other, one] {
                #expect(try server.prompt(spelling).isLimited(within: 1...60))
            }
        }
    }

    @Test(arguments: [
        (StandInProvider.Behaviour.refuse, false), (.limit, false), (.reset, true),
        (.hangUp, true), (.cutShort, true), (.badGateway, true), (.nothing, true),
        (.halfJSON, true),
    ])
    func `a message counts where it may have been sent, and is never sent twice`(
        _ fault: StandInProvider.Behaviour, _ counts: Bool
    ) async throws {
        let provider = try StandInProvider()
        // An answer that asks for patience is not waited for.
        let settings = ["OTPLESS_LOGIN_TTL": "2s", "OTPLESS_LIMIT_PHONE": "1/1h"]
        try await withServer(settings.merging(provider.asBase) { $1 }) { server in
            // The connection is open then.
            #expect(try server.prompt("16505550100").status == 200)
            provider.behave(fault)
            #expect(try server.prompt(Self.phone).isError(500, "MESSAGE_SEND_FAILED"))
            #expect(provider.count == 2)
            provider.behave(.accept)
            let again = try server.prompt(Self.phone)
            #expect(counts ? again.isLimited(within: 1...3600) : again.status == 200, "\(again)")
            #expect(provider.count == (counts ? 2 : 3))
        }
    }

    @Test func `a message to a provider that is down does not count`() async throws {
        let provider = try StandInProvider()
        try await withServer(Self.defaults.merging(provider.asBase) { $1 }) { server in
            provider.close()
            for _ in 0..<3 {
                #expect(try server.prompt(Self.phone).isError(500, "MESSAGE_SEND_FAILED"))
            }
            try provider.listen()
            #expect(try server.prompt(Self.phone).status == 200)
            #expect(try server.prompt(Self.phone).isLimited(within: 1...60))
        }
    }

    // MARK: An address

    @Test func `60 initiates of an address pass, and one more when the first is 10 minutes old`()
        async throws
    {
        try await withServer(Self.defaults) { server in
            for number in 0..<60 {
                #expect(try server.prompt("1650555\(1000 + number)").status == 200)
                // What is refused is not counted, whatever the reason.
                #expect(try server.prompt("1650555\(1000 + number)").isLimited(within: 1...600))
                #expect(try server.call("POST", "/api/auth/initiate", "{}").status == 400)
            }
            #expect(try server.prompt("16505552000").isLimited(within: 500...600))
            try server.killAndRestart()
            #expect(try server.prompt("16505552000").isLimited(within: 500...600))
            try server.age(by: .seconds(600), oldest: 1)
            #expect(try server.prompt("16505552000").status == 200)
            #expect(try server.prompt("16505552001").isLimited(within: 500...600))
        }
    }

    @Test func `each address has a limit of its own`() async throws {
        try await withServer(["OTPLESS_LIMIT_IP": "2/10m"]) { server in
            for source: UInt8 in 2...3 {
                for number in 0..<3 {
                    let request = LiveServer.prompt("165055510\(source)\(number)")
                    let socket = try TCPSocket(port: server.port, from: source)
                    try socket.send(request.bytes)
                    let reply = try socket.takeReply()
                    #expect(number < 2 ? reply.status == 200 : reply.isLimited(within: 1...600))
                }
            }
        }
    }

    @Test func `behind a trusted proxy the client counts, and of IPv6 its first half`() async throws
    {
        let settings = ["OTPLESS_LIMIT_IP": "2/10m", "OTPLESS_TRUSTED_PROXIES": "127.0.0.1"]
        try await withServer(settings) { server throws in
            var phone = 16_505_551_000
            func ask(_ client: String) throws -> HTTPReply {
                phone += 1
                var request = LiveServer.prompt("\(phone)")
                request.headers.append(("X-Forwarded-For", client))
                return try exchange(request, port: server.port)
            }
            for client in [
                "203.0.113.7", "203.0.113.8", "2001:db8:1:2::1", "2001:db8:1:3::1",
                // What a client writes in front of its own address changes nothing.
                "203.0.113.7, 203.0.113.9",
            ] {
                for _ in 0..<2 { #expect(try ask(client).status == 200, "\(client)") }
                #expect(try ask(client).isLimited(within: 1...600))
            }
            for neighbour in ["2001:db8:1:2:ffff::9", "::ffff:203.0.113.8", "9.9.9.9, 203.0.113.7"]
            {
                #expect(try ask(neighbour).isLimited(within: 1...600), "\(neighbour)")
            }
        }
    }

    // MARK: What nobody is kept from

    @Test func `a link works whatever is blocked`() async throws {
        let more = ["OTPLESS_LIMIT_IP": "1/1d", "OTPLESS_CONFIRMATION": "tap"]
        try await withServer(Self.defaults.merging(more) { $1 }) { server in
            // The limits of phone and address, a deny block and a lock, all at once.
            #expect(try server.prompt(Self.phone).status == 200)
            try server.press(\.deny, on: server.whatsApp.phone(Self.phone))
            try DatabaseFile(server.database).run("UPDATE contacts SET locked_at = 1")
            #expect(try server.prompt(Self.phone).isError(403, "PHONE_LOCKED"))
            #expect(try server.prompt("16505550143").isLimited(within: 1...86_400))
            for number in [nil, Self.phone] {
                let link = try server.login(by: "link", for: number)
                let code = try #require(link.json["data"]["code"].text, "\(link)")
                let session = try #require(link.json["data"]["sessionId"].text)
                #expect(try server.deliver(Typed.text(code, by: Self.phone)).status == 200)
                #expect(try server.claim(session).status == 200)
            }
        }
    }

    @Test func `whoever guesses codes is not heard for an hour, and nobody else is`() async throws {
        try await withServer { server in
            let link = try server.login(by: "link")
            let code = try #require(link.json["data"]["code"].text)
            let session = try #require(link.json["data"]["sessionId"].text)
            let guesser = "16505550199"
            for _ in 0..<10 {
                #expect(try server.deliver(Typed.text("0000-0000", by: guesser)).status == 200)
            }
            try server.killAndRestart()
            #expect(try server.deliver(Typed.text(code, by: guesser)).status == 200)
            #expect(try server.claim(session).status == 202)
            #expect(try server.deliver(Typed.text(code, by: Self.phone)).status == 200)
            #expect(try server.claim(session).status == 200)
        }
    }

    // MARK: What a refusal tells

    @Test func `a number with an account and one without get the same answers`() async throws {
        let provider = try StandInProvider()
        try await withServer(Self.defaults.merging(provider.asBase) { $1 }) { server in
            let known = "16505550142"
            _ = try server.prompt(known)
            let message = try provider.message(to: known)
            let tap = Webhook.tap(message.confirm, by: known, id: "in.1")
            #expect(try server.deliver(tap).status == 200)
            #expect(
                try DatabaseFile(server.database).text("SELECT count(*) FROM users") == "1")
            try server.age(by: .seconds(60))
            var answers: [[String]] = []
            for digits in [known, "16505550143"] {
                let replies = [
                    try server.prompt(digits), try server.prompt(digits),
                    try server.login(by: "link", for: digits),
                ]
                provider.behave(.refuse)
                try server.age(by: .seconds(60))
                answers.append((replies + [try server.prompt(digits)]).map(\.withoutIDs))
                provider.behave(.accept)
            }
            #expect(answers[0] == answers[1])
            #expect(answers[0].map { $0.prefix(3) } == ["200", "429", "200", "500"])
        }
    }

    @Test func `a blocked login is counted by what blocked it`() async throws {
        let settings = ["OTPLESS_LIMIT_PHONE": "1/1h", "OTPLESS_LIMIT_IP": "2/1d"]
        try await withServer(settings) { server in
            #expect(try server.prompt(Self.phone).status == 200)
            #expect(try server.prompt(Self.phone).isLimited(within: 1...3600))
            #expect(try server.prompt("16505550143").status == 200)
            for _ in 0..<2 {
                #expect(try server.prompt("16505550144").isLimited(within: 3601...86_400))
            }
            let name = "otpless_logins_blocked_total"
            let page = try server.metrics()
            for (reason, count) in [("phone", 1.0), ("ip", 2), ("denied", 0), ("locked", 0)] {
                #expect(page.value(name, ["reason": reason]) == count, "\(reason)")
            }
            // A series of refusals is one record, so that a stranger cannot fill the disk.
            let query = "SELECT group_concat(detail) FROM audit WHERE event = 'login.refused'"
            #expect(try DatabaseFile(server.database).text(query) == "phone,network")
        }
    }
}
