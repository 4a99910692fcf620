import OTPless
import TestSupport
import Testing

/// What operators do with accounts: on a connection of their own.
struct OperatorTests {
    /// A number and its other spelling.
    private static let spellings = ["5215512345678", "525512345678"]

    @Test func `a moved account keeps its devices and is found by its new number alone`()
        async throws
    {
        try await AuditRig.run { rig in
            let grant = try await rig.service.signIn()
            let (session, prompt) = try await rig.service.start()
            let new = try Sample.phone("16505550199")
            let change = try await rig.move("+16505550142", to: new)
            #expect(change.user == grant.user.id && change.cancelled == 1)
            // Pressed too late.
            try await rig.service.tap(prompt.confirm)
            guard case .ended(.sessionCancelled) = try await rig.service.outcome(of: session)
            else { throw UnexpectedOutcome() }
            let again = try await rig.service.signIn(phone: new.digits)
            #expect(again.user.id == grant.user.id && again.user.phone == new)
            #expect(try await rig.service.app.tokens.devices(of: grant.user.id).count == 2)
            // Whoever holds the old number is somebody else.
            #expect(try await rig.service.signIn().user.id != grant.user.id)
            let moved = try #require(try await rig.records().first { $0.event == "account.moved" })
            #expect(moved.phone == new.masked && moved.user == grant.user.id)
            #expect(moved.detail == "from +1650*****42")
        }
    }

    @Test func `a number with an account is not given away, in no spelling`() async throws {
        try await AuditRig.run { rig in
            let one = try await rig.service.signIn()
            let other = try await rig.service.signIn(phone: Self.spellings[0])
            for spelling in Self.spellings {
                guard case .taken(other.user.id) = await rig.fault("+16505550142", to: spelling)
                else { throw UnexpectedOutcome() }
                guard case .unchanged = await rig.fault("+" + Self.spellings[1], to: spelling)
                else { throw UnexpectedOutcome() }
            }
            guard case .nobody = await rig.fault("+16505550177", to: "16505550178") else {
                throw UnexpectedOutcome()
            }
            #expect(try await rig.service.store.user(one.user.id)?.phone == one.user.phone)
        }
    }

    @Test func `a number that changed hands means several accounts, an id means one`()
        async throws
    {
        try await AuditRig.run { rig in
            let former = try await rig.service.signIn()
            try await rig.changeNumber(of: "16505550142")
            // Alone, the account is found by the number that it had.
            let back = try Sample.phone()
            #expect(try await rig.move("+16505550142", to: back).user == former.user.id)
            try await rig.changeNumber(of: "16505550142")
            let holder = try await rig.service.signIn()
            #expect(holder.user.id != former.user.id)
            for fault in [
                await rig.fault("+16505550142", to: "16505550199"),
                await rig.deleteFault("+16505550142"),
            ] {
                guard case .ambiguous(let users) = fault else { throw UnexpectedOutcome() }
                #expect(users == [holder.user.id, former.user.id])
            }
            let (_, pending) = try await rig.service.start()
            let new = try Sample.phone("16505550199")
            let change = try await rig.move(former.user.id.description, to: new)
            // What is pending for the number is its holder's.
            #expect(change.cancelled == 0)
            #expect(try await rig.service.store.login(pending.login)?.state == .pending)
            #expect(try await rig.service.signIn(phone: new.digits).user.id == former.user.id)
        }
    }

    @Test func `deleting an account that lost its number takes nothing of the number's holder`()
        async throws
    {
        try await AuditRig.run { rig in
            let former = try await rig.service.signIn()
            try await rig.changeNumber(of: "16505550142")
            let (session, prompt) = try await rig.service.start()
            try await rig.service.tap(prompt.confirm)
            try await rig.beside { store in
                let name = try #require(AccountName(former.user.id.description))
                _ = try await store.delete(name, at: rig.service.clock.now)
            }
            #expect(try await rig.service.store.user(former.user.id) == nil)
            // The holder's page has not collected its tokens yet.
            #expect(try await rig.service.collect(session).user.id != former.user.id)
        }
    }

    @Test func `deletion finds logins under every spelling and under former numbers`()
        async throws
    {
        var config = Config.unlimited
        config.denyBlock = nil
        try await AuditRig.run(with: config) { rig in
            let first = try await rig.service.signIn(phone: Self.spellings[0])
            let second = try await rig.service.signIn(phone: Self.spellings[1])
            #expect(first.user.id == second.user.id)
            for spelling in Self.spellings { try await rig.deny(spelling) }
            rig.service.clock.advance(by: .seconds(1))
            _ = try await rig.move("+" + Self.spellings[1], to: try Sample.phone())
            _ = try await rig.service.signIn()
            try await rig.deny("16505550142")
            try await rig.beside { store in
                _ = try await store.delete(.phone(try Sample.phone()), at: rig.service.clock.now)
            }
            for table in ["logins", "families", "sent_messages", "users", "user_ids", "contacts"] {
                let count = try RawDatabase.count("SELECT count(*) FROM \(table)", in: rig.path)
                #expect(count == 0, "\(table)")
            }
        }
    }

    @Test func `commands do not make a database, and do not touch an older or newer one`()
        async throws
    {
        let folder = try TemporaryFolder()
        let path = folder.file("otpless.db")
        #expect(throws: StoreError.self) { try Self.open(path) }
        #expect(throws: (any Error).self) { try RawDatabase.count("SELECT 1", in: path) }
        try SQLiteStore(path: path).close()
        try Self.open(path)
        for version in [4, 6] {
            try RawDatabase.run("PRAGMA user_version = \(version)", on: path)
            #expect(throws: StoreError.self) { try Self.open(path) }
            #expect(try RawDatabase.count("PRAGMA user_version", in: path) == version)
        }
    }

    private static func open(_ path: String) throws { try SQLiteStore(existing: path).close() }
}

extension AuditRig {
    /// WhatsApp says that the holder of a number has another one.
    fileprivate func changeNumber(of digits: String) async throws {
        service.clock.advance(by: .seconds(1))
        let message = InboundMessage(
            id: Sample.messageID(), sender: digits, sentAt: service.clock.now,
            content: .numberChanged)
        try await service.receive(message)
    }

    /// A login that led to no account.
    fileprivate func deny(_ digits: String) async throws {
        let (_, prompt) = try await service.start(phone: digits)
        try await service.tap(prompt.deny, from: digits)
    }

    fileprivate func move(_ name: String, to phone: PhoneNumber) async throws -> AccountChange {
        let name = try #require(AccountName(name))
        return try await beside { try await $0.move(name, to: phone, at: service.clock.now) }
    }

    fileprivate func fault(_ name: String, to digits: String) async -> AccountFault? {
        do {
            _ = try await move(name, to: try Sample.phone(digits))
            return nil
        } catch {
            return error as? AccountFault
        }
    }

    fileprivate func deleteFault(_ name: String) async -> AccountFault? {
        do {
            let name = try #require(AccountName(name))
            _ = try await beside { try await $0.delete(name, at: service.clock.now) }
            return nil
        } catch {
            return error as? AccountFault
        }
    }
}
