import Glibc
import TestSupport
import Testing

/// How nodes come and go, and what they do without their database.
@Suite(.blocking, .postgres, .timeLimit(.minutes(5)))
struct NodeProcessTests {
    private static let digits = "16505550142"

    @Test func `nodes register, show that they live, and leave; one that is killed does not`()
        async throws
    {
        try await withNodes { nodes in
            #expect(try nodes.registered() == 3)
            let raw = try nodes.raw()
            let seen = try #require(try raw.run("SELECT min(seen_at) FROM nodes"))
            _ = try waitFor("another sign of life of all") {
                try raw.run("SELECT min(seen_at) > \(seen) FROM nodes") == "t" ? true : nil
            }
            nodes.a.process.signal(SIGTERM)
            #expect(try nodes.a.process.waitForEnd() == .exited(0))
            #expect(try nodes.registered() == 2)
            try nodes.b.kill()
            #expect(try nodes.registered() == 2)
            try nodes.b.restart()
            #expect(try nodes.registered() == 3)
            // One that has not been seen for an hour is forgotten.
            try raw.run("INSERT INTO nodes VALUES ('\\x00', 1, 1)")
            _ = try waitFor("it to be forgotten") { try nodes.registered() == 3 ? true : nil }
        }
    }

    @Test func `a server that finds its port taken is no node`() async throws {
        try await withNodes { nodes in
            let folder = try TemporaryFolder()
            let second = try ChildProcess(
                ["serve"], environment: nodes.a.environment, output: folder.file("out"),
                errors: folder.file("errors"))
            #expect(try second.waitForEnd() == .exited(1))
            #expect(try nodes.registered() == 3)
        }
    }

    @Test func `a page whose node is killed gets its tokens at any other`() async throws {
        try await withNodes { nodes in
            let session = try nodes.c.initiate("+" + Self.digits)
            let page = try nodes.a.page(session)
            _ = try page.nextEvent("pending")
            try nodes.a.kill()
            // Before it has come to another node.
            try nodes.phone(Self.digits).tapConfirm()
            let again = try nodes.c.page(session)
            let tokens = try Session(try again.nextEvent("auth_success")["data"])
            #expect(try nodes.b.me(tokens.accessToken).status == 200)
        }
    }

    @Test func `a webhook that its node took before it was killed counts at the others`()
        async throws
    {
        try await withNodes { nodes in
            let session = try nodes.c.initiate("+" + Self.digits)
            let page = try nodes.a.page(session)
            _ = try page.nextEvent("pending")
            try nodes.b.press(\.confirm, on: nodes.phone(Self.digits))
            try nodes.b.kill()
            let tokens = try Session(try page.nextEvent("auth_success")["data"])
            #expect(try nodes.c.me(tokens.accessToken).status == 200)
        }
    }

    @Test func `a node that stops sends its pages away, and its logins go on at the others`()
        async throws
    {
        try await withNodes { nodes in
            let session = try nodes.a.initiate("+" + Self.digits)
            let page = try nodes.a.page(session)
            _ = try page.nextEvent("pending")
            nodes.a.process.signal(SIGTERM)
            #expect(try page.nextClose() == 1001)
            try page.waitForEnd()
            let again = try nodes.c.page(session)
            _ = try again.nextEvent("pending")
            try nodes.phone(Self.digits).tapConfirm()
            _ = try again.nextEvent("auth_success")
            #expect(try nodes.a.process.waitForEnd() == .exited(0))
        }
    }

    @Test func `a node that drains says that it is not ready`() async throws {
        try await withNodes { nodes in
            // Connected and about to ask: nobody is left to accept others.
            let probe = try TCPSocket(port: nodes.a.port)
            let begun = try TCPSocket(port: nodes.a.port)
            try begun.send(Array("GET /readyz HTTP/1.1\r\n".utf8))
            _ = try waitFor("ready") {
                try nodes.a.call("GET", "/readyz").status == 200 ? true : nil
            }
            nodes.a.process.signal(SIGTERM)
            _ = try waitFor("the drain") { nodes.a.log.contains("\"draining\"") ? true : nil }
            for (socket, rest) in [
                (probe, "GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n"), (begun, "Host: a\r\n\r\n"),
            ] {
                try socket.send(Array(rest.utf8))
                let reply = try socket.takeReply()
                #expect(reply.isError(503, "SERVICE_UNAVAILABLE"))
                // Said in the reply, or done right after it: the loop may hear of the drain a moment later.
                #expect(try socket.takeAll().isEmpty)
            }
            #expect(try nodes.b.call("GET", "/readyz").status == 200)
        }
    }

    @Test func `a database that goes and comes back is told of, once each`() async throws {
        try await TestPostgres.withDatabase { url, name in
            let port = try FreePort.next()
            let whatsApp = try await SimulatedWhatsApp(webhookPort: port)
            let result = Result {
                let node = try LiveServer(
                    port: port, whatsApp: whatsApp, changes: ["OTPLESS_DATABASE": url])
                let admin = try RawPostgres(try #require(TestPostgres.server))
                try admin.run("ALTER DATABASE \(name) ALLOW_CONNECTIONS false")
                try admin.run(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '\(name)'"
                )
                _ = try waitFor("its end") { node.log.contains("\"database lost\"") ? true : nil }
                #expect(try node.call("GET", "/readyz").status == 503)
                let failed = try node.metrics().value("otpless_postgres_operations_failed_total")
                #expect(failed > 0)
                try admin.run("ALTER DATABASE \(name) ALLOW_CONNECTIONS true")
                _ = try waitFor("its return") {
                    node.log.contains("\"database back\"") ? true : nil
                }
                #expect(node.log.split(separator: "\"database lost\"").count == 2)
            }
            await whatsApp.stop()
            try result.get()
        }
    }

    @Test func `a node does not start without its database, and says why`() async throws {
        let whatsApp = try await SimulatedWhatsApp(webhookPort: 1)
        let folder = try TemporaryFolder()
        var settings = LiveServer.environment(try FreePort.next(), whatsApp.port, folder)
        let port = try FreePort.next()
        settings["OTPLESS_DATABASE"] = "postgres://otpless:not-to-be-told@127.0.0.1:\(port)/otpless"
        let run = try CommandRun(["serve"], settings)
        #expect(run.end == .exited(1))
        let said = run.complaints.joined()
        #expect(said.contains("OTPLESS_DATABASE"), "\(said)")
        #expect(said.contains("127.0.0.1:\(port)"), "\(said)")
        #expect(said.contains("refused"), "\(said)")
        #expect(!(run.errors + run.output).contains("not-to-be-told"))
        await whatsApp.stop()
    }

    @Test func `while the database is away all is 503, and afterwards all is well`() async throws {
        try await TestPostgres.withDatabase { url, name in
            let admin = try RawPostgres(try #require(TestPostgres.server))
            try await withServer(["OTPLESS_DATABASE": url]) { server in
                let session = try server.signedIn(Self.digits)
                let waiting = try server.initiate("+16505550143")
                let page = try server.page(waiting)
                _ = try page.nextEvent("pending")
                try admin.run("ALTER DATABASE \(name) ALLOW_CONNECTIONS false")
                try admin.run(
                    """
                    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
                    WHERE datname = '\(name)'
                    """)
                try expectAbsence(of: server, session, waiting)
                try admin.run("ALTER DATABASE \(name) ALLOW_CONNECTIONS true")
                // Each loop comes back by itself, and each connection may be another loop's.
                _ = try waitFor("the database to be back at all loops") {
                    try (0..<20).allSatisfy { _ in
                        try server.call("GET", "/readyz").status == 200
                    } ? true : nil
                }
                try server.press(\.confirm, on: server.whatsApp.phone("16505550143"))
                _ = try page.nextEvent("auth_success")
                #expect(try server.refresh(session.refreshToken).status == 200)
                _ = try server.signedIn("16505550144")
            }
        }
    }

    private func expectAbsence(
        of server: LiveServer, _ session: Session, _ waiting: String
    ) throws {
        let start = #"{"phoneNumber":"+16505550149"}"#
        let calls: [() throws -> HTTPReply] = [
            { try server.call("POST", "/api/auth/initiate", start) },
            { try server.claim(waiting) },
            { try server.refresh(session.refreshToken) },
            { try server.call("GET", "/readyz") },
            { try server.deliver(Typed.text("yes", by: "16505550143")) },
        ]
        for call in calls {
            let reply = try call()
            #expect(reply.isError(503, "SERVICE_UNAVAILABLE"), "\(reply)")
            let wait = try #require(reply.json["error"]["retryAfter"].number)
            #expect(wait >= 1 && reply["Retry-After"] == "\(Int(wait))")
        }
        #expect(try server.logout(session).isError(500, "LOGOUT_FAILED"))
        #expect(try server.call("GET", "/healthz").status == 200)
    }
}
