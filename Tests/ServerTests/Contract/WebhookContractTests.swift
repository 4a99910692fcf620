import TestSupport
import Testing

/// CONTRACT section 2, /api/webhook, and the two that say how the server is.
@Suite(.blocking, .serialized, .timeLimit(.minutes(5)))
struct WebhookContractTests {
    @Test func `the signature is checked before anything else of a webhook`() async throws {
        try await withServer { server in
            for path in ["/api/webhook", "/api/webhook/cloud"] {
                for (body, signature) in [("{", "sha256=00"), ("{}", "x"), ("", "")] {
                    let request = HTTPRequest(
                        method: "POST", path: path,
                        headers: [("X-Hub-Signature-256", signature)], body: Array(body.utf8))
                    let reply = try exchange(request, port: server.port)
                    #expect(reply.isError(401, "INVALID_SIGNATURE"), "\(path) \(body): \(reply)")
                }
            }
            #expect(try server.deliver(Array("{".utf8)).isError(400, "INVALID_JSON"))
        }
    }

    @Test func `the first provider's webhook is there under both of its paths`() async throws {
        try await withServer { server in
            for path in ["/api/webhook", "/api/webhook/cloud"] {
                var request = LiveServer.webhook(Array("{}".utf8))
                request.path = path
                let reply = try exchange(request, port: server.port)
                #expect(reply.isSuccess("Webhook received successfully"), "\(path): \(reply)")
                #expect(reply.data == .object(["received": .bool(true)]))
            }
            #expect(try server.call("GET", "/api/webhook/other").isError(404, "NOT_FOUND"))
        }
    }

    @Test func `a webhook is answered after what it changes is on disk`() async throws {
        try await withServer { server in
            let session = try server.start("16505550142")
            try server.press(\.confirm, on: server.whatsApp.phone("16505550142"))
            try server.killAndRestart()
            #expect(try server.claim(session).isSuccess("Login confirmed"))
        }
    }

    @Test func `healthz is 200 while the process lives, also when the store is down`() async throws
    {
        try await withServerAndStore { server, path in
            #expect(try server.call("GET", "/healthz").status == 200)
            let lock = try StoreLock(database: path)
            #expect(try server.call("GET", "/healthz").status == 200)
            _ = consume lock
        }
    }

    @Test func `readyz is 200 with warnings while the store can be written, else 503`() async throws
    {
        try await withServerAndStore { server, path in
            let ready = try server.call("GET", "/readyz")
            #expect(ready.status == 200 && ready.json["status"].text == "success")
            guard case .list(let warnings) = ready.data["warnings"] else {
                throw Fault("no list of warnings in \(ready)")
            }
            #expect(warnings.allSatisfy { $0.text?.isEmpty == false })
            let lock = try StoreLock(database: path)
            #expect(try server.call("GET", "/readyz").isError(503, "SERVICE_UNAVAILABLE"))
            _ = consume lock
            #expect(try server.call("GET", "/readyz").status == 200)
        }
    }

    @Test func `the server's own login page is at the root`() async throws {
        try await withServer { server in
            let page = try server.call("GET", "/")
            #expect(page.status == 200 && page.text.contains("</html>"))
        }
    }
}
