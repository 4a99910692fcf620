import Foundation
import TestSupport
import Testing

/// The product over TLS: its files, and what SIGHUP does.
@Suite(.blocking, .timeLimit(.minutes(2)))
struct TLSTests {
    /// A certificate and its key as files, and what tells the server of them.
    private func settings(
        _ certificate: TestCertificate, in folder: TemporaryFolder
    ) throws -> [String: String] {
        try write(certificate, to: folder)
        return [
            "OTPLESS_TLS_CERTIFICATE": folder.path + "/own.pem",
            "OTPLESS_TLS_KEY": folder.path + "/own.key",
        ]
    }

    private func write(_ certificate: TestCertificate, to folder: TemporaryFolder) throws {
        _ = try folder.write(String(decoding: certificate.pem, as: UTF8.self), to: "own.pem")
        _ = try folder.write(String(decoding: certificate.keyPEM, as: UTF8.self), to: "own.key")
    }

    /// What a new connection is shown.
    private func fingerprint(_ server: LiveServer) throws -> [UInt8] {
        try TLSClient(port: server.port).fingerprint
    }

    /// A page that waits for its login.
    private func page(_ server: LiveServer, _ number: String) throws -> TLSClient {
        let client = try TLSClient(port: server.port, protocols: ["http/1.1"])
        let reply = try client.ask(
            "POST", "/api/auth/initiate", ["Content-Type: application/json"],
            body: Array(#"{"phoneNumber":"\#(number)"}"#.utf8))
        guard let session = try JSON(reply.body)["data"]["sessionId"].text else {
            throw Fault("initiate: \(reply.status)")
        }
        #expect(try client.upgrade("/api/auth/ws?sessionId=\(session)") == 101)
        #expect(try JSON(try client.frame().payload)["event"].text == "pending")
        return client
    }

    @Test func `SIGHUP gives new connections the new certificate, and pages wait on`() async throws
    {
        let (folder, old, new) = (
            try TemporaryFolder(), try TestCertificate(), try TestCertificate()
        )
        try await withServer(try settings(old, in: folder)) { server in
            let waiting = try page(server, "+16505550142")
            #expect(try fingerprint(server) == old.fingerprint)
            try write(new, to: folder)
            server.process.signal(SIGHUP)
            _ = try waitFor("the new certificate") {
                try fingerprint(server) == new.fingerprint ? true : nil
            }
            _ = try waitFor("the log") { server.log.contains("certificate reloaded") ? true : nil }
            // The page is still served: a frame is answered, and so is the end.
            try waiting.send([0x89, 0x80, 0, 0, 0, 0])
            #expect(try waiting.frame().opcode == 0xA)
            server.process.signal(SIGTERM)
            var frame = try waiting.frame()
            while frame.opcode == 1 { frame = try waiting.frame() }
            #expect(frame.opcode == 8 && frame.payload.prefix(2) == [0x03, 0xE9])
            try waiting.send([0x88, 0x80, 0, 0, 0, 0])
            #expect(try waiting.rest().isEmpty && waiting.sawCloseNotify)
            waiting.finishSendingRudely()
            #expect(try server.process.waitForEnd() == .exited(0))
        }
    }

    @Test func `a bad certificate is logged, and the one before stays`() async throws {
        let (folder, own) = (try TemporaryFolder(), try TestCertificate())
        try await withServer(try settings(own, in: folder)) { server in
            let other = String(decoding: try TestCertificate().keyPEM, as: UTF8.self)
            for (name, text, problem) in [
                ("own.key", other, "is not the key of the certificate"),
                ("own.key", "", "has no private key in PEM"),
                ("own.pem", "hello", "has no certificate in PEM"),
            ] {
                _ = try folder.write(text, to: name)
                server.process.signal(SIGHUP)
                _ = try waitFor("the log") { server.log.contains(problem) ? true : nil }
                #expect(try fingerprint(server) == own.fingerprint)
            }
            try FileManager.default.removeItem(atPath: folder.path + "/own.pem")
            server.process.signal(SIGHUP)
            _ = try waitFor("the log") { server.log.contains("no such file") ? true : nil }
            #expect(try fingerprint(server) == own.fingerprint)
            #expect(!server.log.contains("certificate reloaded"))
        }
    }

    @Test func `SIGHUP does nothing to a server without TLS`() async throws {
        try await withServer { server in
            server.process.signal(SIGHUP)
            _ = try waitFor("the log") { server.log.contains("nothing to reload") ? true : nil }
            #expect(try server.call("GET", "/healthz").status == 200)
            server.process.signal(SIGTERM)
            #expect(try server.process.waitForEnd() == .exited(0))
        }
    }

    @Test func `plain HTTP gets the error envelope`() async throws {
        let folder = try TemporaryFolder()
        try await withServer(try settings(try TestCertificate(), in: folder)) { server in
            let reply = try server.call("GET", "/healthz")
            #expect(reply.isError(400))
        }
    }

    @Test(arguments: ["check-config", "serve"])
    func `faults of the files are told with their settings`(command: String) throws {
        let folder = try TemporaryFolder()
        let own = try TestCertificate()
        let tls = try settings(own, in: folder)
        let missing = folder.path + "/none"
        let encrypted = String(
            decoding: own.encryptedKeyPEM(passphrase: "hidden"), as: UTF8.self)
        let locked = try folder.write(encrypted, to: "locked.key")
        let cases: [([String: String], [String])] = [
            (["OTPLESS_TLS_KEY": ""], ["OTPLESS_TLS_KEY: is required"]),
            (["OTPLESS_TLS_CERTIFICATE": ""], ["OTPLESS_TLS_CERTIFICATE: is required"]),
            (
                ["OTPLESS_TLS_CERTIFICATE": missing, "OTPLESS_TLS_KEY": folder.path],
                [
                    "OTPLESS_TLS_CERTIFICATE: \(missing): there is no such file",
                    "OTPLESS_TLS_KEY: \(folder.path): is not a regular file",
                ]
            ),
            (["OTPLESS_TLS_KEY": locked], ["OTPLESS_TLS_KEY: \(locked) is encrypted"]),
            (
                ["OTPLESS_TLS_KEY": folder.path + "/own.pem"],
                ["OTPLESS_TLS_KEY: \(folder.path)/own.pem has no private key in PEM"]
            ),
        ]
        for (changes, complaints) in cases {
            let all = CommandTests.settings(folder).merging(tls) { $1 }.merging(changes) { $1 }
            let run = try CommandRun([command], all)
            #expect(run.end == .exited(78))
            #expect(run.complaints.count == complaints.count)
            for (told, expected) in zip(run.complaints, complaints) {
                #expect(told.hasPrefix(expected))
            }
        }
    }

    @Test func `what works but should not stay so is warned of`() throws {
        let folder = try TemporaryFolder()
        var settings = CommandTests.settings(folder)
        settings["OTPLESS_PUBLIC_URL"] = "http://login.example.com"
        settings.merge(try self.settings(try TestCertificate(days: -1), in: folder)) { $1 }
        _ = unsafe chmod(folder.path + "/own.key", 0o644)
        let run = try CommandRun(["check-config"], settings)
        #expect(run.end == .exited(0))
        for text in [
            "OTPLESS_TLS_CERTIFICATE has expired",
            "OTPLESS_TLS_CERTIFICATE is not for login.example.com",
            "OTPLESS_TLS_KEY: others may read this key",
            "OTPLESS_PUBLIC_URL is plain http, but the server speaks TLS",
        ] {
            #expect(run.complaints.contains { $0.hasPrefix("warning: \(text)") })
        }
        // What is right is not warned of.
        settings["OTPLESS_PUBLIC_URL"] = "https://localhost"
        try write(try TestCertificate(), to: folder)
        _ = unsafe chmod(folder.path + "/own.key", 0o640)
        let quiet = try CommandRun(["check-config"], settings)
        #expect(quiet.end == .exited(0) && !quiet.errors.contains("TLS"))
    }
}

extension TLSClient {
    convenience init(port: UInt16, protocols: [String]) throws {
        var options = Options()
        options.protocols = protocols
        try self.init(port: port, options)
    }
}
