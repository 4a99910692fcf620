import Foundation
import TestSupport
import Testing

/// `--env-file`: where settings may come from beside the environment.
@Suite(.blocking, .timeLimit(.minutes(5)))
struct CommandFileTests {
    private static let secret = "a-secret-of-the-file-with-32-bytes"

    /// A file with everything that is required.
    private func file(_ folder: TemporaryFolder, adding more: String = "", mode: Int = 0o600) throws
        -> String
    {
        var settings = CommandTests.settings(folder)
        settings["OTPLESS_JWT_SECRET"] = Self.secret
        let lines = settings.sorted { $0.key < $1.key }.map { "\($0.key)='\($0.value)'\n" }
        return try folder.write(lines.joined() + more, mode: mode)
    }

    @Test(arguments: ["check-config", "print-config", "migrate"])
    func `a file alone is enough`(command: String) throws {
        let folder = try TemporaryFolder()
        let run = try CommandRun([command, "--env-file", try file(folder)])
        #expect(run.end == .exited(0))
        #expect(!run.output.isEmpty)
        #expect(!(run.output + run.errors).contains(Self.secret))
    }

    @Test func `the environment wins over the file, also with an empty variable`() throws {
        let folder = try TemporaryFolder()
        let more = "OTPLESS_LOGIN_TTL=2m\nOTPLESS_LOG_LEVEL=debug\n"
        let run = try CommandRun(
            ["print-config", "--env-file", try file(folder, adding: more)],
            ["OTPLESS_WORKERS": "7", "OTPLESS_LOG_LEVEL": ""])
        #expect(run.lines.contains("OTPLESS_WORKERS=7"))
        #expect(run.lines.contains("OTPLESS_LOGIN_TTL=2m"))
        #expect(run.lines.contains("OTPLESS_LOG_LEVEL=info"))
    }

    @Test(arguments: ["serve", "check-config", "print-config", "migrate", "template"])
    func `faults of the file name it and the line, beside those of the settings`(command: String)
        throws
    {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            """
            OTPLESS_JWT_SECRET=hidden hidden
            hidden
            OTPLESS_LISTEN=nowhere

            OTPLESS_PUBLIC_URL=https://example.com # hidden
            """)
        var settings = CommandTests.settings(folder)
        for name in ["JWT_SECRET", "LISTEN", "PUBLIC_URL"] { settings["OTPLESS_" + name] = nil }
        let run = try CommandRun([command, "--env-file", file], settings)
        #expect(run.end == .exited(78))
        #expect(run.output.isEmpty)
        #expect(!run.errors.contains("hidden"))
        #expect(
            run.complaints.map { String($0.prefix { $0 != ":" }) }
                == ["\(file), line 1", "\(file), line 2", "\(file), line 5", "OTPLESS_LISTEN"])
    }

    @Test func `a file that others may read, and a name without effect, are warned of`() throws {
        let folder = try TemporaryFolder()
        for mode in [0o640, 0o604, 0o644] {
            let path = try file(folder, adding: "PATH=/hidden\n", mode: mode)
            let run = try CommandRun(["check-config", "--env-file", path])
            #expect(run.end == .exited(0))
            #expect(run.complaints.first?.hasPrefix("warning: \(path): others may read") == true)
            #expect(run.complaints.dropFirst().first?.hasPrefix("warning: \(path), line ") == true)
            #expect(!run.errors.contains("hidden"))
            try FileManager.default.removeItem(atPath: path)
        }
        let run = try CommandRun(["check-config", "--env-file", try file(folder)])
        #expect(!run.errors.contains("others may read"))
    }

    @Test func `only a regular file of a bounded size is read`() throws {
        let folder = try TemporaryFolder()
        let pipe = folder.path + "/pipe"
        #expect(unsafe mkfifo(pipe, 0o600) == 0)
        let big = try folder.write(String(repeating: "#\n", count: 40_000), to: "big")
        let tooLarge = "has more than 65536 bytes"
        let faults = [
            (pipe, "is not a regular file"), ("/dev/zero", "is not a regular file"),
            (folder.path, "is not a regular file"), (big, tooLarge),
            (folder.path + "/none", "there is no such file, or it cannot be reached"),
            // It is said to be empty and has gigabytes.
            ("/proc/self/pagemap", tooLarge),
        ]
        for (path, fault) in faults {
            let run = try CommandRun(["check-config", "--env-file", path])
            #expect(run.end == .exited(78))
            #expect(run.complaints == ["\(path): \(fault)"])
        }
    }

    @Test func `a link to a file is followed`() throws {
        let folder = try TemporaryFolder()
        let link = folder.path + "/link"
        try FileManager.default.createSymbolicLink(
            atPath: link, withDestinationPath: try file(folder))
        #expect(try CommandRun(["check-config", "--env-file", link]).end == .exited(0))
    }

    @Test func `a server runs from a file, and its log has the file's warnings`() throws {
        let folder = try TemporaryFolder()
        var settings = CommandTests.settings(folder)
        settings["OTPLESS_LISTEN"] = "127.0.0.1:\(try FreePort.next())"
        let lines = settings.map { "\($0.key)='\($0.value)'\n" }
        let path = try folder.write(lines.joined(), mode: 0o644)
        let server = try ChildProcess(
            ["serve", "--env-file", path], environment: [:], output: folder.path + "/out",
            errors: folder.path + "/err")
        _ = try waitFor("the warning") {
            folder.read("err").contains("others may read") ? true : nil
        }
        server.signal(SIGTERM)
        #expect(try server.waitForEnd() == .exited(0))
        #expect(!folder.read("err").contains(LiveServer.jwtSecret))
    }
}
