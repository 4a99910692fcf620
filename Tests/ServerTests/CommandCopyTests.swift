import Foundation
import TestSupport
import Testing

/// `otpless-server copy`: a server goes on with PostgreSQL where it was with its file.
@Suite(.blocking, .timeLimit(.minutes(5)))
struct CommandCopyTests {
    @Test(.postgres)
    func `sessions, tokens and pending logins go on after a move to PostgreSQL`() async throws {
        try await TestPostgres.withSchema { url in
            let (folder, port) = (try TemporaryFolder(), try FreePort.next())
            let whatsApp = try await SimulatedWhatsApp(webhookPort: port)
            let result = Result { try Self.move(to: url, folder, port, whatsApp) }
            await whatsApp.stop()
            try result.get()
        }
    }

    private static func move(
        to url: String, _ folder: TemporaryFolder, _ port: UInt16, _ whatsApp: SimulatedWhatsApp
    ) throws {
        let server = try LiveServer(port: port, whatsApp: whatsApp, changes: [:])
        let session = try server.signIn("16505550142")
        let pending = try server.initiate("+16505550143")
        let page = try server.page(pending)
        _ = try page.nextEvent("pending")
        let early = try CommandRun(["copy", "--from", "sqlite:\(server.database)", "--to", url])
        #expect(early.end == .exited(1))
        #expect(
            early.errors
                == "otpless-server copy: \(server.database): a server uses it; stop it first\n")
        server.process.signal(SIGTERM)
        #expect(try server.process.waitForEnd() == .exited(0))

        let run = try CommandRun(["copy", "--from", "sqlite:\(server.database)", "--to", url])
        #expect(run.end == .exited(0), "\(run.errors)")
        #expect(run.lines.contains("users              1"))
        #expect(run.lines.contains("logins             2"))
        let password = try #require(URLComponents(string: url)?.password)
        #expect(!run.output.contains(password))

        let nodes = try LiveServer(
            port: port, whatsApp: whatsApp, changes: ["OTPLESS_DATABASE": url])
        #expect(try nodes.me(session.accessToken).data["phoneNumber"].text == "+16505550142")
        #expect(try nodes.refresh(session.refreshToken).status == 200)
        try whatsApp.phone("16505550143").tapConfirm()
        _ = try waitFor("the login that was pending") {
            try nodes.claim(pending).status == 200 ? true : nil
        }
        #expect(try nodes.signIn("16505550142").userID == session.userID)
        let audit = try RawPostgres(url).run("SELECT count(*) = max(id) FROM audit")
        #expect(audit == "t")

        let again = try CommandRun(["copy", "--from", "sqlite:\(server.database)", "--to", url])
        #expect(again.end == .exited(1) && again.output.isEmpty)
        #expect(again.errors.contains("users has rows already: the target must be empty"))
        #expect(!again.errors.contains(password))
    }

    @Test(.postgres) func `the target may be the one that is configured`() async throws {
        try await TestPostgres.withSchema { url in
            let folder = try TemporaryFolder()
            var settings = CommandTests.settings(folder)
            _ = try CommandRun(["migrate"], settings)
            settings["OTPLESS_DATABASE"] = url
            let file = try folder.write(settings.map { "\($0.key)='\($0.value)'\n" }.joined())
            let from = ["copy", "--from", "sqlite:\(folder.path)/otpless.db"]
            let run = try CommandRun(from + ["--env-file", file])
            #expect(run.end == .exited(0), "\(run.errors)")
            #expect(run.lines.count == 12 && run.lines.contains("audit              0"))
        }
    }

    @Test func `a file that is not there is not made, and the target not asked`() throws {
        let folder = try TemporaryFolder()
        let run = try CommandRun([
            "copy", "--from", "sqlite:\(folder.path)/none.db", "--to", "postgres://localhost:1/x",
        ])
        #expect(run.end == .exited(1) && run.output.isEmpty)
        #expect(
            run.errors
                == "otpless-server copy: \(folder.path)/none.db: there is no such file\n")
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/none.db"))
    }

    @Test func `an older file is told to be migrated first`() throws {
        let folder = try TemporaryFolder()
        _ = try CommandRun(["migrate"], CommandTests.settings(folder))
        let path = folder.path + "/otpless.db"
        try DatabaseFile(path).run("PRAGMA user_version = 1")
        let run = try CommandRun(["copy", "--from", "sqlite:\(path)", "--to", "postgres://h:1/x"])
        #expect(run.end == .exited(1) && run.errors.contains("run otpless-server migrate"))
    }

    @Test(arguments: [
        [], ["--to", "postgres://localhost/x"], ["--from", "postgres://localhost/x"],
        ["--from", "sqlite:a", "--to", "sqlite:b"], ["--from", "a", "--to", "postgres://h/x"],
        ["--from", "sqlite:a", "--to", "postgres://h/x", "--env-file", "f"],
        ["--from", "sqlite:a", "--from", "sqlite:b", "--to", "postgres://h/x"],
    ])
    func `a command line that is half right is not understood`(arguments: [String]) throws {
        let run = try CommandRun(["copy"] + arguments)
        #expect(run.end == .exited(64) && run.output.isEmpty, "\(run.errors)")
        #expect(run.errors.hasPrefix("otpless-server copy: "))
    }
}
