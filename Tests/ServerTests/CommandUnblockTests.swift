import Foundation
import TestSupport
import Testing

/// `otpless-server unblock`.
@Suite(.blocking, .timeLimit(.minutes(2)))
struct CommandUnblockTests {
    private static let phone = "16505550142"

    @Test func `a person is let in at once, while the server runs, and it is recorded`()
        async throws
    {
        let settings = ["OTPLESS_LIMIT_PHONE": "1/1d", "OTPLESS_DENY_BLOCK": "1d"]
        try await withServer(settings) { server in
            for digits in [Self.phone, "16505550143"] {
                #expect(try server.prompt(digits).status == 200)
                try server.press(\.deny, on: server.whatsApp.phone(digits))
            }
            #expect(try server.prompt(Self.phone).isLimited(within: 1...86_400))
            let run = try server.command("unblock", "+\(Self.phone)")
            #expect(run.end == .exited(0) && run.errors.isEmpty)
            #expect(run.output == "+1650*****42: lifted: deny block, prompts\n")
            #expect(try server.prompt(Self.phone).status == 200)
            #expect(try server.prompt("16505550143").isLimited(within: 1...86_400))
            let query = """
                SELECT group_concat(event || ' ' || phone || ' ' || detail) FROM audit
                WHERE event = 'phone.unblocked'
                """
            let records = try DatabaseFile(server.database).text(query)
            #expect(records == "phone.unblocked +1650*****42 deny block, prompts")
        }
    }

    @Test func `where there is nothing to lift that is said, and is no failure`() async throws {
        try await withServer { server in
            for _ in 0..<2 {
                let run = try server.command("unblock", "0044 7911 123456")
                #expect(run.end == .exited(0) && run.errors.isEmpty)
                #expect(run.output == "+4479******56: there was nothing to lift\n")
            }
            let count = "SELECT count(*) FROM audit WHERE event = 'phone.unblocked'"
            #expect(try DatabaseFile(server.database).text(count) == "0")
        }
    }

    @Test func `the settings may be in a file, before the number or behind it`() throws {
        let folder = try TemporaryFolder()
        let settings = CommandTests.settings(folder)
        #expect(try CommandRun(["migrate"], settings).end == .exited(0))
        let file = try folder.write(settings.map { "\($0.key)=\($0.value)\n" }.joined())
        for arguments in [
            ["+\(Self.phone)", "--env-file", file], ["--env-file", file, "+\(Self.phone)"],
        ] {
            let run = try CommandRun(["unblock"] + arguments)
            #expect(
                run.end == .exited(0) && run.output.contains("nothing to lift"), "\(run.errors)")
        }
    }

    @Test(arguments: [
        [], ["4915112345678"], ["+49151"], ["anna"], ["+4915112345678", "+4915112345679"],
        ["--env-file", "otpless.env"], ["+4915112345678", "--force"],
        ["+4915112345678", "--env-file"],
    ])
    func `a command line without one number is not understood`(arguments: [String]) throws {
        let folder = try TemporaryFolder()
        let run = try CommandRun(["unblock"] + arguments, CommandTests.settings(folder))
        #expect(run.end == .exited(64) && run.output.isEmpty)
        #expect(run.complaints.count == 1 && run.errors.hasPrefix("otpless-server unblock: "))
        #expect(!run.errors.contains("491511234567"))
    }

    @Test func `without a database there is nothing to open, and none is made`() throws {
        let folder = try TemporaryFolder()
        let run = try CommandRun(["unblock", "+\(Self.phone)"], CommandTests.settings(folder))
        #expect(run.end == .exited(1) && run.output.isEmpty)
        #expect(
            run.complaints == [
                "OTPLESS_DATABASE, \(folder.path)/otpless.db: "
                    + "store: there is no database, or it cannot be opened"
            ])
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/otpless.db"))
    }

    @Test func `a configuration with faults is told as everywhere`() throws {
        let run = try CommandRun(["unblock", "+\(Self.phone)"], ["OTPLESS_LIMIT_IP": "lots"])
        #expect(run.end == .exited(78))
        #expect(
            run.complaints.contains { $0.hasPrefix("OTPLESS_LIMIT_IP: must be rates such as 3/1h") }
        )
    }
}
