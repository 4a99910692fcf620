import OTPless
import TestSupport
import Testing

/// What is kept of a person can be read, and goes.
struct PersonalDataTests {
    @Test func `an export holds all that is kept of a person, and no secret`() async throws {
        try await AuditRig.run { rig in
            let (session, prompt) = try await rig.service.start(name: "Ada")
            try await rig.service.receive(
                InboundMessage(
                    id: "in.1", sender: Sender(waID: "16505550142", userID: "US.77"),
                    sentAt: rig.service.clock.now, content: .button(prompt.confirm)))
            let grant = try await rig.service.collect(session)
            _ = try await rig.service.app.tokens.refresh(grant.refreshToken, user: nil)
            _ = try await rig.service.start()
            let document = try #require(try await rig.export("+1 650 555-0142"))
            let root = document.root
            let account = try #require(root["accounts"]?.elements.first { _ in true })
            #expect(account["id"]?.string == grant.user.id.description)
            #expect(account["phoneNumber"]?.string == "+16505550142")
            #expect(account["name"]?.string == "Ada" && account["hasNumber"]?.bool == true)
            #expect(account["devices"]?.elements.map { $0["id"]?.string } == ["\(grant.family)"])
            #expect(
                account["logins"]?.elements.map { $0["state"]?.string }
                    == ["confirmed", "pending"])
            #expect(
                account["audit"]?.elements.compactMap { $0["event"]?.string }
                    == ["account.created", "login.confirmed", "tokens.issued"])
            #expect(root["whatsAppUserIds"]?.elements.map { $0["id"]?.string } == ["US.77"])
            let number = try #require(root["numbers"]?.elements.first { _ in true })
            #expect(number["lastMessageAt"]?.integer == rig.service.clock.now.seconds)
            // The same by id; nobody by another number.
            #expect(try await rig.export("\(grant.user.id)") != nil)
            #expect(try await rig.export("+16505550143") == nil)
            let text = String(decoding: root.bytes, as: UTF8.self)
            let secrets = [
                session, String(session.suffix(21)), prompt.confirm.text, grant.refreshToken,
                grant.accessToken, "digest", "secret",
            ]
            for secret in secrets { #expect(!text.contains(secret), "\(secret)") }
        }
    }

    @Test func `of a number without an account, what is pending is exported`() async throws {
        try await AuditRig.run { rig in
            let (_, prompt) = try await rig.service.start()
            let root = try #require(try await rig.export("+16505550142")).root
            #expect(root["accounts"]?.elements.map { _ in 1 } == [])
            #expect(
                root["pendingLogins"]?.elements.map { $0["id"]?.string }
                    == [prompt.login.description])
        }
    }

    @Test func `deleting an account leaves what limits have counted, for their time`() async throws
    {
        try await AuditRig.run(with: Config()) { rig in
            let grant = try await rig.service.signIn()
            try await rig.service.app.users.delete(grant.user.id, at: rig.service.clock.now)
            let refused = try await failure { _ = try await rig.service.start() }
            #expect(refused?.code == .rateLimited)
            let root = try #require(try await rig.export("+16505550142")).root
            #expect(root["accounts"]?.elements.map { _ in 1 } == [])
            let counted = root["limits"]?.elements.map { $0["counted"]?.string }
            #expect(counted == ["phone 16505550142"])
            try await rig.sweep(after: .seconds(86_401))
            #expect(try await rig.export("+16505550142") == nil)
        }
    }

    @Test func `after the longest time nothing of a person is left but the account`() async throws {
        try await AuditRig.run(with: Config()) { rig in
            let (session, prompt) = try await rig.service.start()
            try await rig.service.receive(
                InboundMessage(
                    id: "in.1",
                    sender: Sender(waID: "16505550142", userID: "US.77", identityHash: "a"),
                    sentAt: rig.service.clock.now, content: .button(prompt.confirm)))
            let grant = try await rig.service.collect(session)
            rig.service.clock.advance(by: .seconds(61))
            _ = try await rig.service.start()
            #expect(try rig.count("limits") == 1)
            let day = Duration.seconds(86_400)
            let retention = rig.service.config.auditRetention
            let before = try rig.count("audit")
            try await rig.sweep(after: retention - day)
            #expect(try rig.count("audit") == before)
            #expect(try rig.count("user_ids") == 1)
            try await rig.sweep(after: day * 3)
            for table in [
                "logins", "sent_messages", "received_messages", "families", "contacts",
                "user_ids", "limits", "audit",
            ] {
                #expect(try rig.count(table) == 0, "\(table)")
            }
            try await rig.service.app.users.delete(grant.user.id, at: rig.service.clock.now)
            try await rig.sweep(after: retention + day)
            for table in ["users", "audit"] { #expect(try rig.count(table) == 0, "\(table)") }
        }
    }

    @Test func `old records go in small batches, the oldest first`() async throws {
        try await AuditRig.run { rig in
            let now = rig.service.clock.now
            for number in 0..<1200 {
                let time = now - .seconds(100 - number / 12)
                try await rig.service.store.record(
                    .webhookRejected, login: nil, detail: nil, at: time)
            }
            var counts: [Int] = []
            repeat {
                counts.append(
                    try await rig.service.store.sweepRecords(olderThan: .seconds(20), at: now))
            } while counts.last != 0
            #expect(counts == [500, 460, 0])
            let left = try await rig.records()
            #expect(left.count == 240 && left.allSatisfy { $0.at >= now - .seconds(20) })
        }
    }

    @Test func `a trail is read in order and in batches, from the time that is asked for`()
        async throws
    {
        try await AuditRig.run { rig in
            let now = rig.service.clock.now
            for number in 0..<1203 {
                // Not in the order in which they happened.
                try await rig.service.store.record(
                    .webhookRejected, login: nil, detail: "\(number)",
                    at: now + .seconds(number % 7))
            }
            var sizes: [Int] = []
            var times: [Timestamp] = []
            try await rig.beside { store in
                try await store.records(since: now + .seconds(1)) { records in
                    sizes.append(records.count)
                    times += records.map(\.at)
                    return true
                }
            }
            #expect(sizes == [500, 500, 31] && times == times.sorted())
            #expect(times.first == now + .seconds(1))
            // Whoever has enough is given no more.
            sizes = []
            try await rig.beside { store in
                try await store.records(since: now) { records in
                    sizes.append(records.count)
                    return false
                }
            }
            #expect(sizes == [500])
        }
    }

    @Test func `a record cannot be changed`() async throws {
        try await AuditRig.run { rig in
            try await rig.service.store.record(
                .webhookRejected, login: nil, detail: nil, at: rig.service.clock.now)
            #expect(throws: (any Error).self) {
                try RawDatabase.run("UPDATE audit SET event = 'x'", on: rig.path)
            }
        }
    }
}

extension AuditRig {
    fileprivate func count(_ table: String) throws -> Int {
        try RawDatabase.count("SELECT count(*) FROM \(table)", in: path)
    }

    /// Lets time pass, then sweeps until nothing goes any more.
    fileprivate func sweep(after time: Duration) async throws {
        service.clock.advance(by: time)
        let now = service.clock.now
        while try await service.store.sweep(at: now) > 0 {}
        let retention = service.config.auditRetention
        while try await service.store.sweepRecords(olderThan: retention, at: now) > 0 {}
    }
}
