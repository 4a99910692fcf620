import Foundation
import TestSupport
import Testing

/// The database file is not what the server left.
@Suite(.blocking, .timeLimit(.minutes(5)))
struct DatabaseFileTests {
    @Test func `a file that is no database is refused and left alone`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/otpless.db"
        for text in ["this is not a database, but long enough to be one\n", "SQLite format 3\0"] {
            let bytes = Data(String(repeating: text, count: 200).utf8)
            try bytes.write(to: URL(fileURLWithPath: path))
            try expectRefusal(folder, "store: ")
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
        }
    }

    @Test func `a database of a newer server is refused and left alone`() throws {
        let folder = try TemporaryFolder()
        try run("PRAGMA user_version = 9999; CREATE TABLE t (x)", in: folder)
        try expectRefusal(folder, "the database was made by a newer server")
        try run("INSERT INTO t VALUES (1)", in: folder)
    }

    @Test func `somebody else's database is refused`() throws {
        let folder = try TemporaryFolder()
        try run("CREATE TABLE users (name TEXT)", in: folder)
        try expectRefusal(folder, "store: ")
        try run("INSERT INTO users VALUES ('still here')", in: folder)
    }

    @Test func `a folder in the file's place is refused`() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path + "/otpless.db", withIntermediateDirectories: false)
        try expectRefusal(folder, "store: ")
    }

    @Test func `a table that is gone fails what needs it and nothing else`() async throws {
        try await withServer { server in
            let ledger = Ledger()
            let session = try server.signIn("16505550100")
            try server.kill()
            try DatabaseFile(server.database).run("DROP TABLE logins")
            try server.restart()
            let reply = try server.call(
                "POST", "/api/auth/initiate", #"{"phoneNumber":"+16505550142"}"#)
            ledger.expect(reply.isError(503, "SERVICE_UNAVAILABLE"), "\(reply)")
            ledger.add(.refused)
            ledger.expect(try server.me(session.accessToken).status == 200, "read")
            ledger.expect(server.process.ended == nil, "the server ended")
            print("faults: table gone: \(ledger.summary)")
            #expect(ledger.lost == [])
        }
    }

    @Test func `pages of garbage are an error of the request, not the end of the server`()
        async throws
    {
        try await withServer { server in
            let ledger = Ledger()
            var sessions: [Session] = []
            for number in 0..<20 { sessions.append(try server.signIn("165055501\(10 + number)")) }
            server.process.signal(SIGTERM)
            #expect(try server.process.waitForEnd() == .exited(0))
            try DatabaseFile.spoil("families", at: server.database)
            try server.restart()
            for session in sessions {
                let refreshed = try server.refresh(session.refreshToken)
                let isAnswered =
                    refreshed.status == 200 || refreshed.isError(503, "SERVICE_UNAVAILABLE")
                ledger.expect(isAnswered, "\(refreshed)")
                ledger.add(refreshed.status == 200 ? .refreshed : .refused)
            }
            ledger.expect(try server.call("GET", "/healthz").status == 200, "alive")
            ledger.expect(server.process.ended == nil, "the server ended")
            print("faults: spoilt pages: \(ledger.summary)")
            #expect(ledger.lost == [])
            #expect(ledger[.refused] > 0)
        }
    }

    private func run(_ sql: String, in folder: TemporaryFolder) throws {
        try DatabaseFile(folder.path + "/otpless.db").run(sql)
    }

    /// One line says why, and names the setting.
    private func expectRefusal(_ folder: TemporaryFolder, _ cause: String) throws {
        let settings = LiveServer.environment(try FreePort.next(), 1, folder)
        try? FileManager.default.removeItem(atPath: folder.path + "/stderr")
        let server = try ChildProcess(
            ["serve"], environment: settings, output: folder.path + "/stdout",
            errors: folder.path + "/stderr")
        #expect(try server.waitForEnd() == .exited(1))
        let lines = folder.read("stderr").split(separator: "\n")
        #expect(lines.count == 1, "\(lines)")
        #expect(lines.first?.contains("OTPLESS_DATABASE, \(folder.path)/otpless.db: ") == true)
        #expect(lines.first?.contains(cause) == true, "\(lines)")
        print("faults: refused to start: \(lines.first?.suffix(60) ?? "")")
    }
}
