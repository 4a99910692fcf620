import OTPless
import TestSupport
import Testing

/// What another process does to the database is seen, and only that.
struct ForeignChangeTests {
    @Test func `another connection's commit is seen within a second, one's own are none`()
        async throws
    {
        let folder = try TemporaryFolder()
        let path = folder.file("otpless.db")
        let store = try SQLiteStore(path: path)
        defer { store.close() }
        // Enough for the log to be emptied and begun anew, by the checkpointer's connection.
        for _ in 0..<1000 { try await store.probe() }
        #expect(store.foreignChanges == 0)
        let start = ContinuousClock.now
        try RawDatabase.run("INSERT INTO secrets VALUES ('x', x'00')", on: path)
        try await wait(for: "the change") { store.foreignChanges > 0 }
        #expect(ContinuousClock.now - start < .seconds(1))
        for _ in 0..<300 { try await store.probe() }
        #expect(store.foreignChanges == 1)
        #expect(try RawDatabase.count("SELECT count(*) FROM secrets", in: path) > 0)
        try await store.probe()
        #expect(store.foreignChanges == 1)
    }

    @Test func `a family that another process ended is refused, a user it deleted is gone`()
        async throws
    {
        try await AuditRig.run { rig in
            let app = rig.service.app
            let (one, other) = (
                try await rig.service.signIn(), try await rig.service.signIn(phone: "16505550143")
            )
            _ = try await app.users.find(one.user.id)
            _ = try await app.users.find(other.user.id)
            let now = rig.service.clock.now
            try await rig.beside { store in
                _ = try await store.end(other.family, at: now)
                _ = try await store.delete(.phone(one.user.phone), at: now)
            }
            // Nobody has looked yet.
            #expect(app.users.cached(one.user.id) != nil)
            try await app.learnForeignChanges(since: now)
            #expect(app.users.cached(one.user.id) == nil)
            let gone = try await failure { _ = try await app.users.find(one.user.id) }
            #expect(gone?.code == .userNotFound)
            #expect(throws: Failure.self) {
                try app.tokens.caller(authorization: Service.bearer(other.accessToken))
            }
            _ = try await app.users.find(other.user.id)
        }
    }
}
