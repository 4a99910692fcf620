import Foundation
import TestSupport
import Testing

/// What every command has in common, and the small ones.
@Suite(.blocking, .timeLimit(.minutes(5)))
struct CommandTests {
    static let names = [
        "serve", "demo", "check-config", "print-config", "gen-secret", "migrate", "template",
        "copy", "audit", "user", "version",
    ]

    /// What is required, and a database of the folder.
    static func settings(_ folder: TemporaryFolder) -> [String: String] {
        LiveServer.environment(1, 1, folder)
    }

    @Test(arguments: names, ["--help", "-h"])
    func `every command has its help`(name: String, option: String) throws {
        let run = try CommandRun([name, option])
        #expect(run.end == .exited(0))
        #expect(run.output.hasPrefix("usage: otpless-server \(name)"))
        #expect(run.errors.isEmpty)
        #expect(try CommandRun(["help", name]).output == run.output)
    }

    @Test(arguments: [["help"], ["--help"], ["-h"]])
    func `the help names all commands`(arguments: [String]) throws {
        let run = try CommandRun(arguments)
        #expect(run.end == .exited(0))
        #expect(run.errors.isEmpty)
        for name in Self.names { #expect(run.output.contains("\n  \(name) ")) }
    }

    @Test(arguments: names)
    func `an argument that a command does not know ends with 64`(name: String) throws {
        let folder = try TemporaryFolder()
        for arguments in [[name, "--nonsense"], [name, "nonsense"], [name, ""]] {
            let run = try CommandRun(arguments, Self.settings(folder))
            #expect(run.end == .exited(64))
            #expect(run.output.isEmpty)
            #expect(run.complaints.count == 1)
            #expect(run.errors.hasPrefix("otpless-server \(name): "))
        }
    }

    @Test(arguments: [
        ["serve", "--env-file"], ["check-config", "--env-file", ""],
        ["migrate", "--env-file", "a", "--env-file", "b"], ["template", "--env-file=a"],
        ["print-config", "--markdown", "--env-file", "a"], ["gen-secret", "--env-file", "a"],
        ["demo", "--env-file", "a"], ["help", "nonsense"], ["help", "serve", "demo"],
        ["nonsense", "--help"], [""],
    ])
    func `a command line that is half right ends with 64`(arguments: [String]) throws {
        let run = try CommandRun(arguments)
        #expect(run.end == .exited(64))
        #expect(run.output.isEmpty)
        #expect(!run.errors.isEmpty)
    }

    @Test func `the version is one line`() throws {
        for name in ["version", "--version"] {
            let run = try CommandRun([name])
            #expect(run.end == .exited(0))
            #expect(run.output.wholeMatch(of: /otpless-server \d+\.\d+\.\d+\n/) != nil)
        }
    }

    @Test func `a fresh secret is 32 bytes in base64, each time another, and fit to sign with`()
        throws
    {
        let folder = try TemporaryFolder()
        let (one, other) = (try CommandRun(["gen-secret"]), try CommandRun(["gen-secret"]))
        #expect(one.end == .exited(0))
        #expect(one.errors.isEmpty)
        #expect(one.lines.count == 1)
        let secret = try #require(one.lines.first)
        #expect(Data(base64Encoded: secret)?.count == 32)
        #expect(one.output != other.output)
        let file = try folder.write("OTPLESS_JWT_SECRET=\(secret)\n")
        var settings = Self.settings(folder)
        settings["OTPLESS_JWT_SECRET"] = nil
        #expect(try CommandRun(["check-config", "--env-file", file], settings).end == .exited(0))
    }

    @Test(arguments: [["gen-secret"], ["print-config"], ["print-config", "--markdown"], ["help"]])
    func `a result that cannot be written is no success`(arguments: [String]) throws {
        let folder = try TemporaryFolder()
        let process = try ChildProcess(
            arguments, environment: Self.settings(folder), output: "/dev/full",
            errors: folder.path + "/errors")
        #expect(try process.waitForEnd() == .exited(1))
    }
}
