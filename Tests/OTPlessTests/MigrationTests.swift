import Foundation
import OTPless
import TestSupport
import Testing

/// A database of an earlier version is brought up to date, with what it holds.
struct MigrationTests {
    private static let now = Sample.start + .seconds(5)

    @Test func `a database of version 1 keeps its users, logins, messages and families`()
        async throws
    {
        try await Self.open("version-1.sql") { store in
            let id = try #require(LoginID("01a3185c-5000-783c-8607-000000000002"))
            let login = try #require(try await store.login(id))
            #expect(login.state == .confirmed && login.message == .buttons)
            let user = try #require(login.user)
            #expect(try await store.user(user)?.name == "Ada")
            let devices = try await store.devices(of: user, idle: .seconds(60), at: Self.now)
            #expect(devices.map(\.id) == [try #require(login.family)])
            let key = try await store.secret("refresh", candidate: [])
            #expect(key == [UInt8](repeating: 0x11, count: 32))
            // A report still finds the message of a login that is pending.
            let report = DeliveryReport(
                messageID: "wamid.2", reference: nil, progress: .reached(.read))
            #expect(try await store.apply([report], at: Self.now).count == 1)
            // And a word finds that login.
            let word = InboundMessage(
                id: "in.1", sender: "16505550143", sentAt: Self.now, content: .text("yes"))
            #expect(try await store.apply(word, at: Self.now) != nil)
        }
    }

    private static func open(
        _ fixture: String, _ body: (any Store) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("otpless.db")
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fixtures/databases/\(fixture)")
        try RawDatabase.run(String(decoding: try Data(contentsOf: file), as: UTF8.self), on: path)
        // Twice: the second start finds nothing to do.
        try SQLiteStore(path: path).close()
        let store = try SQLiteStore(path: path)
        defer { store.close() }
        try await body(store)
    }
}
