import Foundation
import OTPless
import TestSupport
import Testing

/// What is true of the file that a SQLite store keeps.
struct SQLiteStoreTests {
    private static let now = Sample.start

    @Test func `what was committed is there when the file is opened again`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("otpless.db")
        let first = try SQLiteStore(path: path)
        let (family, token) = try await first.signIn()
        let other = try await first.signIn().family
        #expect(try await first.end(other.id, at: Self.now))
        let secret = try await first.secret("refresh", candidate: [9])
        first.close()
        let second = try SQLiteStore(path: path)
        #expect(try await second.family(family.id)?.user == family.user)
        #expect(try await second.families(endedSince: Self.now).map(\.id) == [other.id])
        #expect(try await second.secret("refresh", candidate: [1]) == secret)
        let (redemption, _) = try await second.redeem(
            token, user: nil, key: try Sample.key(), idle: .seconds(60), at: Self.now)
        #expect(redemption.successor != nil)
        second.close()
    }

    @Test func `two servers on one file see what the other has committed`() async throws {
        let folder = try TemporaryFolder()
        let one = try SQLiteStore(path: folder.file("otpless.db"))
        let two = try SQLiteStore(path: folder.file("otpless.db"))
        let login = try SampleLogin().login
        try await one.insert(login)
        #expect(try await two.login(login.id) != nil)
        _ = try await two.change(login.id) { $0.end(as: .cancelled, at: Self.now) }
        #expect(try await one.login(login.id)?.state == .cancelled)
        one.close()
        two.close()
    }

    @Test func `a file that is no database is refused and left alone`() throws {
        let folder = try TemporaryFolder()
        let text = Array(String(repeating: "this is a letter to my mother\n", count: 100).utf8)
        try folder.write(text, to: "otpless.db")
        #expect(throws: StoreError.self) { try SQLiteStore(path: folder.file("otpless.db")) }
        #expect(folder.bytes(of: "otpless.db") == text)
    }

    @Test func `a place where no file can be made is refused`() throws {
        let folder = try TemporaryFolder()
        // The tests may run as root, which may write to read-only directories: /proc refuses all.
        for path in ["/proc/otpless.db", folder.file("absent/otpless.db"), folder.path] {
            #expect(throws: StoreError.self) { try SQLiteStore(path: path) }
        }
    }

    @Test func `an error of the store names no path and no data`() throws {
        do throws(StoreError) {
            _ = try SQLiteStore(path: "/proc/hunter2.db")
            Issue.record("opened")
        } catch {
            #expect(error.description == "store: SQLite: unable to open database file")
        }
    }

    @Test func `a closed store refuses, and does not hang`() async throws {
        let store = try SQLiteStore(path: ":memory:")
        try await store.probe()
        store.close()
        await #expect(throws: StoreError.self) { try await store.probe() }
        await #expect(throws: StoreError.self) { try await store.insert(SampleLogin().login) }
    }

    @Test func `a store that nobody holds any more has closed its database`() async throws {
        let folder = try TemporaryFolder()
        let log = folder.file("otpless.db-wal")
        do {
            _ = try SQLiteStore(path: folder.file("otpless.db"))
            #expect(FileManager.default.fileExists(atPath: log))
        }
        // The last connection takes the write-ahead log with it.
        try await wait(for: "the end") { !FileManager.default.fileExists(atPath: log) }
    }

    @Test func `what was queued before the close is committed`() async throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteStore(path: folder.file("otpless.db"))
        let logins = try (0..<300).map { _ in try SampleLogin().login }
        let stored = await withTaskGroup(of: LoginID?.self) { group in
            for login in logins {
                group.addTask {
                    do throws(StoreError) {
                        try await store.insert(login)
                        return login.id
                    } catch {
                        return nil
                    }
                }
            }
            store.close()
            return await group.reduce(into: []) { $0.append($1) }.compactMap { $0 }
        }
        let again = try SQLiteStore(path: folder.file("otpless.db"))
        for id in stored { #expect(try await again.login(id) != nil) }
        again.close()
    }

    @Test func `a database of a newer server is refused`() async throws {
        let folder = try TemporaryFolder()
        try Self.makeEmptyDatabase(in: folder, version: 99)
        #expect(throws: StoreError.self) { try SQLiteStore(path: folder.file("otpless.db")) }
    }

    @Test func `a database with a negative version is refused, and no crash`() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            try SQLiteStoreTests.makeEmptyDatabase(in: folder, version: .max)
            _ = try? SQLiteStore(path: folder.file("otpless.db"))
        }
    }

    @Test func `the database is for its owner's eyes only`() async throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteStore(path: folder.file("otpless.db"))
        try await store.probe()
        for name in ["otpless.db", "otpless.db-wal"] {
            let mode = try folder.mode(of: name)
            #expect(mode & 0o077 == 0)
        }
        store.close()
    }

    @Test func `after a clean stop the file alone is the whole database`() async throws {
        let folder = try TemporaryFolder()
        let login = try SampleLogin().login
        do {
            let store = try SQLiteStore(path: folder.file("otpless.db"))
            try await store.insert(login)
            store.close()
        }
        let copy = try TemporaryFolder()
        try copy.write(folder.bytes(of: "otpless.db"), to: "otpless.db")
        let store = try SQLiteStore(path: copy.file("otpless.db"))
        let found = try await store.login(login.id)
        store.close()
        #expect(found != nil)
    }

    /// A database of one empty page whose header carries a version (SQLite file format §1.3.8).
    private static func makeEmptyDatabase(in folder: TemporaryFolder, version: UInt32) throws {
        var page = [UInt8](repeating: 0, count: 4096)
        let name = Array("SQLite format 3".utf8)
        page.replaceSubrange(0..<name.count, with: name)
        page.replaceSubrange(16..<24, with: [0x10, 0, 1, 1, 0, 64, 32, 32])
        page[31] = 1
        page[47] = 4
        page[59] = 1
        for offset in 0..<4 {
            page[60 + offset] = UInt8(truncatingIfNeeded: version >> UInt32(24 - 8 * offset))
        }
        page[100] = 13
        page[105] = 0x10
        try folder.write(page, to: "otpless.db")
    }
}
