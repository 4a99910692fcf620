import Foundation
import TestSupport
import Testing

@Suite(.blocking, .timeLimit(.minutes(5)))
struct DemoTests {
    @Test func `the demo signs somebody in and leaves nothing behind`() async throws {
        let (port, phonePort) = (try FreePort.next(), try FreePort.next())
        let folder = try TemporaryFolder()
        let demo = try start(port, phonePort, folder)
        let phone = Phone(port: phonePort, digits: "16505550142")
        #expect(try exchange(HTTPRequest(method: "GET", path: "/"), port: port).status == 200)
        #expect(try exchange(HTTPRequest(method: "GET", path: "/"), port: phonePort).status == 200)

        let page = try PageSocket(
            session: try initiate(phone, port), port: port, origin: "http://127.0.0.1:\(port)")
        _ = try page.nextEvent("pending")
        try phone.tapConfirm()
        let event = try page.nextEvent("auth_success")
        #expect(event["data"]["user"]["phoneNumber"].text == phone.e164)
        #expect(temporaryFolders(in: folder).count == 1)

        // A phone page that waits for news does not hold up the end.
        let watching = try TCPSocket(port: phonePort)
        let watch = HTTPRequest(method: "GET", path: "/simulator/state?after=1000000")
        try watching.send(watch.bytes)
        let begin = ContinuousClock.now
        demo.signal(SIGINT)
        while case .event = try page.next() {}
        #expect(try demo.waitForEnd() == .exited(0), "\(folder.read("stderr"))")
        #expect(ContinuousClock.now - begin < .seconds(8))
        #expect(temporaryFolders(in: folder).isEmpty)
    }

    @Test func `the demo keeps its database where it is told to`() async throws {
        let (port, phonePort) = (try FreePort.next(), try FreePort.next())
        let folder = try TemporaryFolder()
        let data = folder.path + "/data"
        let demo = try start(port, phonePort, folder, ["--data", data])
        demo.signal(SIGTERM)
        #expect(try demo.waitForEnd() == .exited(0))
        #expect(FileManager.default.fileExists(atPath: data + "/otpless.db"))
        #expect(temporaryFolders(in: folder).isEmpty)
    }

    @Test func `a demo that cannot start leaves nothing behind`() async throws {
        try await withServer { server in
            let folder = try TemporaryFolder()
            let demo = try ChildProcess(
                ["demo", "--port", "\(server.port)", "--phone-port", "\(try FreePort.next())"],
                environment: ["TMPDIR": folder.path], output: folder.path + "/stdout",
                errors: folder.path + "/stderr")
            #expect(try demo.waitForEnd() == .exited(1))
            #expect(temporaryFolders(in: folder).isEmpty)
            #expect(folder.read("stderr").contains("otpless-server demo: "))
        }
    }

    @Test func `settings can be tried out, and a link opens the simulated phone`() async throws {
        let (port, phonePort) = (try FreePort.next(), try FreePort.next())
        let folder = try TemporaryFolder()
        let settings = [
            "OTPLESS_CONFIRMATION=match", "OTPLESS_LOGIN_TTL=9s", "OTPLESS_REFRESH_COOKIE=on",
            "OTPLESS_APP_NAME=Tea = Chá", "OTPLESS_WHATSAPP_MATCH_TEMPLATE=number:de,en",
        ]
        let demo = try start(
            port, phonePort, folder, settings.flatMap { ["--set", $0] })
        let login = try initiate(#""phoneNumber":"+16505550142""#, port)["data"]
        #expect(login["matchNumber"].text?.count == 2)
        let lifetime = try #require(login["expiresAt"].number) - Date().timeIntervalSince1970
        #expect(lifetime < 10)
        // The template went out, and the phone has it with its only button.
        let phone = Phone(port: phonePort, digits: "16505550142")
        #expect(try phone.question().text.contains("Tea = Chá"))
        let link = try initiate(#""method":"link""#, port)["data"]["link"].text
        #expect(
            link?.hasPrefix(
                "http://127.0.0.1:\(phonePort)/15550783881?text=Sign%20me%20in%20to%20Tea%20%3D%20Ch%C3%A1"
            )
                == true, "\(link ?? "none")")
        demo.signal(SIGTERM)
        #expect(try demo.waitForEnd() == .exited(0))
        #expect(temporaryFolders(in: folder).isEmpty)
    }

    @Test func `limits hold in the demo once they are set`() async throws {
        let (port, phonePort) = (try FreePort.next(), try FreePort.next())
        let folder = try TemporaryFolder()
        let demo = try start(
            port, phonePort, folder, ["--set", "OTPLESS_LIMIT_PHONE=1/60s"])
        let number = #""phoneNumber":"+16505550142""#
        let first = try initiate(number, port)
        #expect(first["status"].text == "success", "\(first)")
        #expect(try initiate(number, port)["error"]["code"].text == "RATE_LIMITED")
        demo.signal(SIGTERM)
        #expect(try demo.waitForEnd() == .exited(0))
        #expect(temporaryFolders(in: folder).isEmpty)
    }

    @Test func `faulty settings of the demo are named, and those it makes itself`() throws {
        let folder = try TemporaryFolder()
        let settings = [
            "OTPLESS_LOGIN_TTL=1h", "OTPLESS_PUBLIC_URL=http://x", "OTPLESS_NONSENSE=1",
            "OTPLESS_WHATSAPP_APP_SECRET=geheim", "OTPLESS_JWT_ALGORITHM=EdDSA",
        ]
        let run = try CommandRun(
            ["demo"] + settings.flatMap { ["--set", $0] }, ["TMPDIR": folder.path], in: folder)
        #expect(run.end == .exited(78))
        #expect(
            run.complaints.map { String($0.prefix { $0 != ":" }) } == [
                "OTPLESS_PUBLIC_URL", "OTPLESS_WHATSAPP_APP_SECRET", "OTPLESS_LOGIN_TTL",
                "OTPLESS_JWT_KEYS", "OTPLESS_NONSENSE",
            ])
        #expect(!run.errors.contains("geheim"))
        #expect(temporaryFolders(in: folder).isEmpty)
    }

    @Test(arguments: [["--set"], ["--set", "PORT=1"], ["--set", "OTPLESS_X"]])
    func `a setting without a name or a value is not understood`(_ options: [String]) throws {
        #expect(try CommandRun(["demo"] + options).end == .exited(64))
    }

    @Test func `a setting made twice is not understood`() throws {
        let setting = ["--set", "OTPLESS_LOGIN_TTL=5s"]
        let run = try CommandRun(["demo"] + setting + setting)
        #expect(run.end == .exited(64))
        #expect(run.errors.contains("OTPLESS_LOGIN_TTL is set twice"))
    }

    private func start(
        _ port: UInt16, _ phonePort: UInt16, _ folder: TemporaryFolder, _ more: [String] = []
    ) throws -> ChildProcess {
        let demo = try ChildProcess(
            ["demo", "--port", "\(port)", "--phone-port", "\(phonePort)"] + more,
            environment: ["TMPDIR": folder.path], output: folder.path + "/stdout",
            errors: folder.path + "/stderr")
        _ = try waitFor("the demo to say that it is running") {
            if let end = demo.ended { throw Fault("it ended: \(end); \(folder.read("stderr"))") }
            return folder.read("stdout").contains("OTPless demo is running") ? true : nil
        }
        return demo
    }

    private func initiate(_ phone: Phone, _ port: UInt16) throws -> String {
        let reply = try initiate(#""phoneNumber":"\#(phone.e164)""#, port)
        return try #require(reply["data"]["sessionId"].text)
    }

    private func initiate(_ members: String, _ port: UInt16) throws -> JSON {
        try exchange(
            HTTPRequest(
                method: "POST", path: "/api/auth/initiate",
                headers: [("Content-Type", "application/json")],
                body: Array("{\(members)}".utf8)), port: port
        ).json
    }

    private func temporaryFolders(in folder: TemporaryFolder) -> [String] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        return (names ?? []).filter { $0.hasPrefix("otpless-demo-") }
    }
}
