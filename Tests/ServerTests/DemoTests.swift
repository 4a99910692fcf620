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
        let reply = try exchange(
            HTTPRequest(
                method: "POST", path: "/api/auth/initiate",
                headers: [("Content-Type", "application/json")],
                body: Array(#"{"phoneNumber":"\#(phone.e164)"}"#.utf8)), port: port)
        return try #require(reply.json["data"]["sessionId"].text)
    }

    private func temporaryFolders(in folder: TemporaryFolder) -> [String] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        return (names ?? []).filter { $0.hasPrefix("otpless-demo-") }
    }
}
