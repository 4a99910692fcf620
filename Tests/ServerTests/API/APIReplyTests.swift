import TestSupport
import Testing

/// What the server answers is what `/openapi.json` says, from the start of a login to the account's end.
@Suite(.blocking, .timeLimit(.minutes(2)))
struct APIReplyTests {
    private static let digits = "16505550142"

    @Test func `the replies of a whole login are as the description has them`() async throws {
        try await withServer { server in
            let description = try APIDescription(server)
            func check(_ method: String, _ path: String, _ status: Int, _ reply: HTTPReply) {
                #expect(reply.status == status)
                #expect(description.faults(reply, to: "\(method) \(path)") == [])
            }
            let started = try server.begin(#""phoneNumber":"+\#(Self.digits)""#)
            check("POST", "/api/auth/initiate", 200, started.reply)
            check("POST", "/api/auth/claim", 202, try server.claim(started.session))
            let id = #"{"sessionId":"\#(started.session)"}"#
            check("POST", "/api/auth/ack", 409, try server.call("POST", "/api/auth/ack", id))
            try server.whatsApp.phone(Self.digits).tapConfirm()
            let claimed = try waitFor("the confirmation") {
                let reply = try server.claim(started.session)
                return reply.status == 202 ? nil : reply
            }
            check("POST", "/api/auth/claim", 200, claimed)
            check("POST", "/api/auth/cancel", 409, try server.call("POST", "/api/auth/cancel", id))
            check("POST", "/api/auth/ack", 200, try server.call("POST", "/api/auth/ack", id))
            check("POST", "/api/auth/claim", 410, try server.claim(started.session))
            let session = try Session(claimed.json["data"])
            let fresh = try server.refresh(session.refreshToken)
            check("POST", "/api/auth/refresh", 200, fresh)
            let token = try #require(fresh.json["data"]["accessToken"].text)
            for path in ["/api/auth/validate", "/api/user/me", "/api/user/me/devices"] {
                check("GET", path, 200, try server.call("GET", path, bearer: token))
                check("GET", path, 401, try server.call("GET", path))
            }
            let renamed = try server.call(
                "PUT", "/api/user/me", #"{"name":"Ada"}"#, bearer: token)
            check("PUT", "/api/user/me", 200, renamed)
            let removed = try server.call("DELETE", "/api/user/me/devices/x", bearer: token)
            check("DELETE", "/api/user/me/devices/{id}", 404, removed)
            let deleted = try server.call("DELETE", "/api/user/me", bearer: token)
            check("DELETE", "/api/user/me", 200, deleted)
            check("GET", "/api/user/me", 404, try server.me(token))
            check("POST", "/api/auth/refresh", 401, try server.refresh(session.refreshToken))
        }
    }

    @Test func `the frames of a login are as the description has them`() async throws {
        try await withServer { server in
            let description = try APIDescription(server)
            let socket = description.operations.first { $0.name == "GET /api/auth/ws" }
            let frames = try #require(socket).value["x-websocket"]["server"].list
            func check(_ frame: JSON) {
                let fitting = frames.filter { description.check.faults(frame, $0).isEmpty }
                #expect(fitting.count == 1, "\(frame)")
            }
            let page = try server.page(try server.initiate("+" + Self.digits))
            check(try page.nextEvent())
            try server.whatsApp.phone(Self.digits).tapConfirm()
            check(try page.nextEvent("auth_success"))
            let other = try server.initiate("+16505550143")
            let cancelled = try server.page(other)
            _ = try cancelled.nextEvent()
            _ = try server.call("POST", "/api/auth/cancel", #"{"sessionId":"\#(other)"}"#)
            check(try cancelled.nextEvent("auth_cancelled"))
        }
    }

    @Test func `what WhatsApp and the operator's tools get is as the description has it`()
        async throws
    {
        try await withServer { server in
            let description = try APIDescription(server)
            for path in ["/healthz", "/readyz", "/metrics", "/docs", "/", "/otpless.js"] {
                let reply = try server.call("GET", path)
                #expect(reply.status == 200)
                #expect(description.faults(reply, to: "GET \(path)") == [])
            }
            let name = "POST /api/webhook"
            for (body, signature, status) in [
                ("{}", nil, 200), ("[", nil, 400), ("{}", "sha256=0", 401),
            ] as [(String, String?, Int)] {
                let reply = try server.deliver(Array(body.utf8), signature: signature)
                #expect(reply.status == status)
                #expect(description.faults(reply, to: name) == [])
            }
            let token = LiveServer.verifyToken
            let asked = "hub.mode=subscribe&hub.verify_token=\(token)&hub.challenge=1158201444"
            let challenge = try server.call("GET", "/api/webhook?\(asked)")
            #expect(challenge.text == "1158201444")
            #expect(description.faults(challenge, to: "GET /api/webhook") == [])
        }
    }
}
