import Glibc
import TestSupport
import Testing

/// How the program starts and ends.
@Suite(.blocking, .timeLimit(.minutes(5)))
struct ProcessTests {
    @Test(arguments: [SIGTERM, SIGINT])
    func `a signal closes waiting pages with 1001 and ends with 0`(signal: Int32) async throws {
        try await withServer { server in
            let session = try server.initiate("+16505550142")
            let page = try server.page(session)
            let idle = try TCPSocket(port: server.port)
            try idle.send(HTTPRequest(method: "GET", path: "/healthz").bytes)
            _ = try idle.takeReply()

            let begin = ContinuousClock.now
            server.process.signal(signal)
            while case .event = try page.next() {}
            try page.waitForEnd()
            #expect(try idle.takeAll().isEmpty)
            #expect(try server.process.waitForEnd() == .exited(0))
            #expect(ContinuousClock.now - begin < .seconds(5))

            try server.restart()
            #expect(try server.page(session).nextEvent()["event"].text == "pending")
        }
    }

    @Test func `the close code of a shutdown is 1001`() async throws {
        try await withServer { server in
            let page = try server.page(try server.initiate("+16505550142"))
            _ = try page.nextEvent("pending")
            server.process.signal(SIGTERM)
            var frame = try page.next()
            while case .event = frame { frame = try page.next() }
            #expect(frame == .close(1001))
        }
    }

    @Test func `a second server on the same port does not start`() async throws {
        try await withServer { server in
            let folder = try TemporaryFolder()
            let settings = LiveServer.environment(server.port, server.whatsApp.port, folder)
            let second = try program(["serve"], folder, settings)
            #expect(try second.waitForEnd() == .exited(1))
            #expect(folder.read("stderr").contains("bind"))
            // The first one serves on.
            for _ in 1...20 { #expect(try server.call("GET", "/healthz").status == 200) }
        }
    }

    @Test func `a second server on the same database does not start, and one after a crash does`()
        async throws
    {
        try await withServer { server in
            let folder = try TemporaryFolder()
            var settings = LiveServer.environment(
                try FreePort.next(), server.whatsApp.port, folder)
            settings["OTPLESS_DATABASE"] = "sqlite:" + server.database
            let second = try program(["serve"], folder, settings)
            #expect(try second.waitForEnd() == .exited(1))
            #expect(folder.read("stderr").contains("another server uses it"))
            // SQLite's locks are what they were, and other commands are no servers.
            let migrated = try program(["migrate"], folder, settings)
            #expect(try migrated.waitForEnd() == .exited(0))
            _ = try server.page(try server.initiate("+16505550142")).nextEvent("pending")
            try server.killAndRestart()
        }
    }

    @Test func `all faults of a configuration are told at once, without secrets`() throws {
        let folder = try TemporaryFolder()
        var settings = LiveServer.environment(1, 1, folder)
        settings["OTPLESS_PUBLIC_URL"] = nil
        settings["OTPLESS_JWT_SECRET"] = "short-hidden"
        settings["OTPLESS_WHATSAPP_ACCESS_TOKEN"] = "hidden token"
        settings["OTPLESS_WHATSAPP_BASE_URL"] = "http://graph.facebook.com"
        settings["OTPLESS_LOGIN_TTL"] = "11m"
        settings["OTPLESS_JWT_SECRETS"] = "hidden-in-a-misspelt-name"
        let server = try program(["serve"], folder, settings)
        #expect(try server.waitForEnd() == .exited(78))
        let lines = folder.read("stderr").split(separator: "\n")
        let names = lines.map { String($0.prefix { $0 != ":" }) }
        #expect(
            names.sorted() == [
                "OTPLESS_JWT_SECRET", "OTPLESS_JWT_SECRETS", "OTPLESS_LOGIN_TTL",
                "OTPLESS_PUBLIC_URL", "OTPLESS_WHATSAPP_ACCESS_TOKEN", "OTPLESS_WHATSAPP_BASE_URL",
            ])
        #expect(lines.allSatisfy { !$0.contains("hidden") })
        #expect(folder.read("stdout").isEmpty)
    }

    @Test func `with nothing configured everything required is named`() throws {
        let folder = try TemporaryFolder()
        let server = try program(["serve"], folder, [:])
        #expect(try server.waitForEnd() == .exited(78))
        let lines = folder.read("stderr").split(separator: "\n")
        #expect(lines.count == 7)
        #expect(lines.allSatisfy { $0.hasPrefix("OTPLESS_") && $0.contains("is required") })
    }

    @Test func `an address that is none is a configuration fault`() throws {
        let folder = try TemporaryFolder()
        var settings = LiveServer.environment(1, 1, folder)
        settings["OTPLESS_LISTEN"] = "nowhere"
        let server = try program(["serve"], folder, settings)
        #expect(try server.waitForEnd() == .exited(78))
        #expect(folder.read("stderr").hasPrefix("OTPLESS_LISTEN: "))
    }

    @Test func `a database that cannot be opened ends the start with 1`() throws {
        let folder = try TemporaryFolder()
        var settings = LiveServer.environment(try FreePort.next(), 1, folder)
        settings["OTPLESS_DATABASE"] = "sqlite:\(folder.path)/no/such/folder/otpless.db"
        let server = try program(["serve"], folder, settings)
        #expect(try server.waitForEnd() == .exited(1))
        #expect(folder.read("stderr").split(separator: "\n").count == 1)
    }

    @Test(arguments: [[], ["frobnicate"], ["serve", "--fast"], ["demo", "--port", "http"]])
    func `a command line that is not understood ends with 64`(arguments: [String]) throws {
        let folder = try TemporaryFolder()
        let server = try program(arguments, folder, [:])
        #expect(try server.waitForEnd() == .exited(64))
        #expect(folder.read("stderr").contains("otpless-server"))
        #expect(folder.read("stdout").isEmpty)
    }

    @Test(arguments: [["version"], ["--version"], ["--help"], ["serve", "--help"], ["help"]])
    func `help and version go to standard output`(arguments: [String]) throws {
        let folder = try TemporaryFolder()
        let server = try program(arguments, folder, [:])
        #expect(try server.waitForEnd() == .exited(0))
        #expect(folder.read("stdout").contains("otpless-server"))
        #expect(folder.read("stderr").isEmpty)
    }

    private func program(
        _ arguments: [String], _ folder: TemporaryFolder, _ settings: [String: String]
    ) throws -> ChildProcess {
        try ChildProcess(
            arguments, environment: settings, output: folder.path + "/stdout",
            errors: folder.path + "/stderr")
    }
}
