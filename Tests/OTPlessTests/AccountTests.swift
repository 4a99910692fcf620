import OTPless
import TestSupport
import Testing

/// The list of devices, and the end of an account.
struct AccountTests {
    @Test func `devices are the live logins, the one used last first`() async throws {
        try await Service.run { service in
            let first = try await service.signIn()
            service.clock.advance(by: .seconds(60))
            let second = try await service.signIn()
            let stranger = try await service.signIn(phone: "16505550143")
            let tokens = service.app.tokens
            var devices = try await tokens.devices(of: first.user.id)
            #expect(devices.map(\.id) == [second.family, first.family])
            service.clock.advance(by: .seconds(60))
            _ = try await tokens.refresh(first.refreshToken, user: nil)
            devices = try await tokens.devices(of: first.user.id)
            #expect(devices.map(\.id) == [first.family, second.family])
            #expect(devices[0].lastUsedAt == service.clock.now)
            for id in [stranger.family.description, "nonsense", ""] {
                let refused = try await failure {
                    try await tokens.remove(device: id, of: first.user.id)
                }
                #expect(refused?.code == .deviceNotFound)
            }
            try await tokens.remove(device: second.family.description, of: first.user.id)
            #expect(try await tokens.devices(of: first.user.id).map(\.id) == [first.family])
            let again = try await failure {
                try await tokens.remove(device: second.family.description, of: first.user.id)
            }
            #expect(again?.code == .deviceNotFound)
            #expect(throws: Failure.self) {
                try tokens.caller(authorization: Service.bearer(second.accessToken))
            }
            // Unused for longer than a refresh token lives, it is signed out.
            service.clock.advance(by: .seconds(30 * 86_400))
            #expect(try await tokens.devices(of: first.user.id).isEmpty)
        }
    }

    @Test func `a deleted account leaves nothing of the person`() async throws {
        try await Service.run { service in
            let (session, prompt) = try await service.start(name: "Ada")
            try await service.tap(prompt.confirm)
            let grant = try await service.collect(session)
            let user = grant.user.id
            _ = try await service.app.users.find(user)
            let (pending, other) = try await service.start()
            try await service.app.users.delete(user, at: service.clock.now)
            #expect(try await service.store.user(user) == nil)
            #expect(try await service.store.login(prompt.login) == nil)
            #expect(try await service.store.family(grant.family) == nil)
            let unknown = try await failure { _ = try await service.app.users.find(user) }
            #expect(unknown?.code == .userNotFound)
            let again = try await failure {
                try await service.app.users.delete(user, at: service.clock.now)
            }
            #expect(again?.code == .userNotFound)
            let refused = try await failure {
                _ = try await service.app.tokens.refresh(grant.refreshToken, user: nil)
            }
            #expect(refused?.code == .invalidRefreshToken)
            // The login that was pending makes a new account.
            try await service.tap(other.confirm)
            let fresh = try await service.collect(pending)
            #expect(fresh.user.id != user)
            #expect(fresh.user.name == nil)
        }
    }

    @Test func `deleting an account does not lift a deny block`() async throws {
        try await Service.run { service in
            let grant = try await service.signIn()
            let (_, prompt) = try await service.start()
            try await service.tap(prompt.deny)
            try await service.app.users.delete(grant.user.id, at: service.clock.now)
            let refused = try await failure { _ = try await service.start() }
            #expect(refused?.code == .rateLimited)
        }
    }

    @Test func `no spelling of the number is left, and a repeated tap leaves none again`()
        async throws
    {
        let folder = try TemporaryFolder()
        let path = folder.file("otpless.db")
        let store = try SQLiteStore(path: path)
        let login = try SampleLogin(phone: "5215512345678")
        try await store.insert(login.login)
        let message = MessageReference(login.login.id, .buttons)
        try await store.recordSend(message, messageID: "out.1", waID: "525512345678")
        let tap = try login.answer(from: "525512345678", id: "in.1")
        try await store.apply(tap)
        let user = try #require(try await store.login(login.login.id)?.user)
        #expect(try await store.delete(user, at: Sample.start) != nil)
        try await store.apply(tap)
        store.close()
        #expect(try RawDatabase.count("SELECT count(*) FROM contacts", in: path) == 0)
        #expect(try RawDatabase.count("SELECT count(*) FROM logins", in: path) == 0)
    }
}
