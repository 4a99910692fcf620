import Foundation
import TestSupport
import Testing

/// `otpless-server backup`, and what a server makes of such a file.
@Suite(.blocking, .timeLimit(.minutes(5)))
struct CommandBackupTests {
    private static let phone = "16505550142"

    /// The names in a folder that begin like the copy's.
    private static func leftovers(_ folder: TemporaryFolder) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasPrefix("copy") }
    }

    @Test func `a copy of a busy server's database is complete by itself, and for its owner alone`()
        async throws
    {
        let folder = try TemporaryFolder()
        let copy = folder.path + "/copy.db"
        try await withServer { server in
            let session = try server.signIn(Self.phone)
            var request = HTTPRequest("PUT", "/api/user/me", #"{"name":"Ada"}"#)
            request.headers.append(("Authorization", "Bearer \(session.accessToken)"))
            let (bytes, port) = (request, server.port)
            let writer = try Background {
                try (0..<200).map { _ in try exchange(bytes, port: port).status }
            }
            let run = try server.operate("backup", copy)
            #expect(Set(try writer.value()) == [200])
            let size = try FileFacts(copy).size
            #expect(
                run.output == "\(copy): a copy of \(server.database), \(size) bytes, checked\n")
            #expect(run.errors.isEmpty)
            #expect(try Self.leftovers(folder) == ["copy.db"])
            let mode = try FileManager.default.attributesOfItem(atPath: copy)[.posixPermissions]
            #expect(mode as? Int == 0o600)
        }
        let file = try DatabaseFile(copy)
        #expect(try file.check() == "ok")
        #expect(try file.text("SELECT phone FROM users") == Self.phone)
        // Whoever may only read it can read it.
        #expect(try file.text("PRAGMA journal_mode") == "delete")
    }

    @Test func `a restored copy is the server's database as it was`() async throws {
        let folder = try TemporaryFolder()
        let copy = folder.path + "/copy.db"
        try await withServer { server in
            let session = try server.signIn(Self.phone)
            let pending = try server.initiate("+16505550199")
            _ = try server.operate("backup", copy)
            let stranger = try server.signIn("16505550143")
            let reply = try server.refresh(session.refreshToken)
            let renewed = try #require(reply.json["data"]["refreshToken"].text)
            server.process.signal(SIGTERM)
            #expect(try server.process.waitForEnd() == .exited(0))
            for companion in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: server.database + companion)
            }
            try FileManager.default.copyItem(atPath: copy, toPath: server.database)
            try server.restart()
            #expect(try server.me(session.accessToken).data["phoneNumber"].text == "+" + Self.phone)
            #expect(try server.refresh(renewed).isError(401, "INVALID_REFRESH_TOKEN"))
            #expect(try server.refresh(session.refreshToken).status == 200)
            try server.whatsApp.phone("16505550199").tapConfirm()
            _ = try waitFor("the login that was pending") {
                try server.claim(pending).status == 200 ? true : nil
            }
            // Who came after the copy is not known, and who was signed in then is again.
            #expect(try server.refresh(stranger.refreshToken).status == 401)
            #expect(try DatabaseFile(server.database).text("PRAGMA journal_mode") == "wal")
        }
    }

    @Test func `a file that is there is left as it is`() throws {
        let folder = try TemporaryFolder()
        let settings = CommandTests.settings(folder)
        _ = try CommandRun(["migrate"], settings)
        let copy = try folder.write("precious", to: "copy.db")
        let run = try CommandRun(["backup", copy], settings)
        #expect(run.end == .exited(1) && run.output.isEmpty)
        #expect(run.errors == "otpless-server backup: \(copy): is there already\n")
        #expect(folder.read("copy.db") == "precious")
        #expect(try Self.leftovers(folder) == ["copy.db"])
    }

    @Test func `what an interrupted backup has left is replaced`() throws {
        let folder = try TemporaryFolder()
        let settings = CommandTests.settings(folder)
        _ = try CommandRun(["migrate"], settings)
        for name in ["copy.db.part", "copy.db.part-wal"] {
            _ = try folder.write(String(repeating: "?", count: 1_000_000), to: name, mode: 0o644)
        }
        let run = try CommandRun(["backup", folder.path + "/copy.db"], settings)
        #expect(run.end == .exited(0), "\(run.errors)")
        #expect(try DatabaseFile(folder.path + "/copy.db").check() == "ok")
        #expect(try Self.leftovers(folder) == ["copy.db"])
    }

    @Test func `a damaged database makes no backup, and nothing is left`() throws {
        let folder = try TemporaryFolder()
        let settings = CommandTests.settings(folder)
        _ = try CommandRun(["migrate"], settings)
        try DatabaseFile.spoil("families", at: folder.path + "/otpless.db")
        let run = try CommandRun(["backup", folder.path + "/copy.db"], settings)
        #expect(run.end == .exited(1) && run.output.isEmpty)
        #expect(run.errors.contains("the copy is damaged, as the database must be: "))
        #expect(try Self.leftovers(folder).isEmpty)
    }

    @Test func `where it cannot write or has nothing to copy it says so`() throws {
        let folder = try TemporaryFolder()
        let settings = CommandTests.settings(folder)
        let nothing = try CommandRun(["backup", folder.path + "/copy.db"], settings)
        #expect(nothing.end == .exited(1) && nothing.errors.contains("there is no database"))
        _ = try CommandRun(["migrate"], settings)
        let nowhere = try CommandRun(["backup", folder.path + "/no/copy.db"], settings)
        #expect(nowhere.end == .exited(1))
        #expect(
            nowhere.errors == "otpless-server backup: \(folder.path)/no/copy.db: cannot be "
                + "written: open: No such file or directory\n")
        #expect(try Self.leftovers(folder).isEmpty)
    }

    @Test func `for PostgreSQL it names the command, without the password`() throws {
        let folder = try TemporaryFolder()
        var settings = CommandTests.settings(folder)
        settings["OTPLESS_DATABASE"] = "postgres://otpless:geheim@db.example.com:5433/logins"
        let run = try CommandRun(["backup", "copy.dump"], settings)
        #expect(run.end == .exited(1) && run.output.isEmpty)
        #expect(
            run.errors.hasSuffix(
                "pg_dump --format=custom --file=copy.dump "
                    + "postgres://otpless@db.example.com:5433/logins\n"))
    }

    @Test func `the help names the command, and it has its own`() throws {
        #expect(try CommandRun(["help"]).output.contains("\n  backup "))
        let run = try CommandRun(["backup", "--help"])
        #expect(run.end == .exited(0) && run.output.hasPrefix("usage: otpless-server backup FILE"))
    }

    @Test(arguments: [[], ["a", "b"], ["a", "--force"]])
    func `a command line without one file is not understood`(arguments: [String]) throws {
        let folder = try TemporaryFolder()
        let run = try CommandRun(["backup"] + arguments, CommandTests.settings(folder))
        #expect(run.end == .exited(64) && run.output.isEmpty)
        #expect(run.errors.hasPrefix("otpless-server backup: "))
    }
}
