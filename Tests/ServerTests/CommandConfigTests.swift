import Foundation
import TestSupport
import Testing

/// `check-config`, `print-config` and where they read from.
@Suite(.blocking, .timeLimit(.minutes(5)))
struct CommandConfigTests {
    @Test func `a valid configuration is told, with its warnings beside`() throws {
        let folder = try TemporaryFolder()
        let run = try CommandRun(["check-config"], CommandTests.settings(folder))
        #expect(run.end == .exited(0))
        #expect(run.output == "Configuration is valid\n")
        // Two limits that are off, and no template.
        #expect(run.complaints.count == 3)
        #expect(run.complaints.allSatisfy { $0.hasPrefix("warning: ") })
        // Nothing was opened.
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/otpless.db"))
    }

    @Test func `all faults are told at once, one a line, also what only shows on this machine`()
        throws
    {
        let folder = try TemporaryFolder()
        var settings = CommandTests.settings(folder)
        settings["OTPLESS_LISTEN"] = "[::g]:80"
        settings["OTPLESS_DATABASE"] = "sqlite:\(folder.path)/no/otpless.db"
        settings["OTPLESS_JWT_SECRET"] = "hidden"
        settings["OTPLESS_LOGIN_TLL"] = "hidden"
        let run = try CommandRun(["check-config"], settings)
        #expect(run.end == .exited(78))
        #expect(run.output.isEmpty)
        #expect(!run.errors.contains("hidden"))
        #expect(
            Set(run.complaints.map { String($0.prefix { $0 != ":" }) }) == [
                "OTPLESS_LISTEN", "OTPLESS_DATABASE", "OTPLESS_JWT_SECRET", "OTPLESS_LOGIN_TLL",
            ])
        #expect(run.complaints.count == 4)
        #expect(run.errors.contains("did you mean OTPLESS_LOGIN_TTL?"))
        #expect(run.errors.contains("there is no folder \(folder.path)/no/"))
    }

    @Test(arguments: ["[1:2:3]:80", "[::1]]:80", "[]:80"])
    func `an address that only looks like one is a fault`(address: String) throws {
        let folder = try TemporaryFolder()
        var settings = CommandTests.settings(folder)
        settings["OTPLESS_LISTEN"] = "127.0.0.1:80,\(address)"
        let run = try CommandRun(["check-config"], settings)
        #expect(run.end == .exited(78))
        #expect(run.complaints.map { String($0.prefix { $0 != ":" }) } == ["OTPLESS_LISTEN"])
    }

    @Test func `a database that is a folder is a fault`() throws {
        let folder = try TemporaryFolder()
        var settings = CommandTests.settings(folder)
        settings["OTPLESS_DATABASE"] = "sqlite:\(folder.path)"
        let run = try CommandRun(["check-config"], settings)
        #expect(run.end == .exited(78))
        #expect(run.complaints == ["OTPLESS_DATABASE: \(folder.path) is a folder"])
    }

    @Test func `what is printed holds no secret and can be read again`() throws {
        let folder = try TemporaryFolder()
        let settings = CommandTests.settings(folder)
        let run = try CommandRun(["print-config"], settings)
        #expect(run.end == .exited(0))
        #expect(run.complaints.allSatisfy { $0.hasPrefix("warning: ") })
        let secrets = settings.filter { $0.key.hasSuffix("_SECRET") || $0.key.hasSuffix("_TOKEN") }
        #expect(secrets.count == 4)
        for (name, value) in secrets {
            #expect(!run.output.contains(value))
            #expect(run.lines.contains("\(name)=***"))
        }
        #expect(run.lines.contains("OTPLESS_WORKERS=2"))
        #expect(run.lines.contains("OTPLESS_LOGIN_TTL=5m"))
        let file = try folder.write(run.output)
        let again = try CommandRun(["print-config", "--env-file", file], secrets)
        #expect(again.end == .exited(0))
        #expect(
            again.lines.filter { !$0.hasPrefix("#") } == run.lines.filter { !$0.hasPrefix("#") })
    }

    @Test func `docs/config.md is what the program prints`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        let page = try Data(contentsOf: root.appending(path: "docs/config.md"))
        let run = try CommandRun(["print-config", "--markdown"])
        #expect(run.end == .exited(0))
        #expect(run.errors.isEmpty)
        #expect(
            Data(run.output.utf8) == page,
            "swift run otpless-server print-config --markdown > docs/config.md")
    }
}
