/// A server whose store will fail: what it answered before, and what it must answer then.
final class StoreFault {
    private let server: LiveServer
    /// Signed in before.
    private let session: Session
    /// Signed in before, logged out while the store is down: in vain.
    private let other: Session
    /// Started before, confirmed while the store is down: in vain, until it is repeated.
    private let pending: String
    private let tap: [UInt8]
    private let page: PageSocket
    let ledger = Ledger()

    init(_ server: LiveServer) throws {
        self.server = server
        session = try server.signIn("16505550100")
        other = try server.signIn("16505550101")
        pending = try server.initiate("+16505550142")
        let phone = server.whatsApp.phone("16505550142")
        tap = Webhook.tap(try phone.prompt().confirm, by: phone.digits, id: "wamid.1")
        page = try server.page(pending)
        _ = try page.nextEvent("pending")
    }

    /// Every write is refused in its own words, at once or after the wait for a lock; reads work.
    func expectRefusals() throws {
        for (name, reply, status, code) in try refusals() {
            let isTimed =
                reply["Retry-After"] != nil
                && reply.json["error"]["retryAfter"].number != nil
            ledger.expect(
                reply.isError(status, code) && isTimed == (status == 503), "\(name): \(reply)")
            ledger.add(.refused)
        }
        try expect(try server.me(session.accessToken), 200, "read")
        try expect(try server.claim(pending), 202, "read")
        try expect(try server.call("GET", "/healthz"), 200, "alive")
    }

    private func expect(_ reply: HTTPReply, _ status: Int, _ what: String) throws {
        ledger.expect(reply.status == status, "\(what): \(reply)")
    }

    /// All of them at once: those of one commit fail together.
    private func refusals() throws -> [(String, HTTPReply, Int, String)] {
        let json = [("Content-Type", "application/json")]
        func post(_ path: String, _ body: String) -> HTTPRequest {
            HTTPRequest(
                method: "POST", path: path, headers: json, body: Array(body.utf8))
        }
        let refresh = #"{"refreshToken":"\#(session.refreshToken)"}"#
        let logout = #"{"userId":"\#(other.userID)","refreshToken":"\#(other.refreshToken)"}"#
        let bearer = [("Authorization", "Bearer \(session.accessToken)")]
        let cases: [(String, HTTPRequest, Int, String)] = [
            (
                "initiate", post("/api/auth/initiate", #"{"phoneNumber":"+16505550143"}"#), 503,
                "SERVICE_UNAVAILABLE"
            ),
            ("refresh", post("/api/auth/refresh", refresh), 503, "SERVICE_UNAVAILABLE"),
            (
                "cancel", post("/api/auth/cancel", #"{"sessionId":"\#(pending)"}"#), 503,
                "SERVICE_UNAVAILABLE"
            ),
            ("webhook", LiveServer.webhook(tap), 503, "SERVICE_UNAVAILABLE"),
            ("readyz", HTTPRequest(method: "GET", path: "/readyz"), 503, "SERVICE_UNAVAILABLE"),
            ("logout", post("/api/auth/logout", logout), 500, "LOGOUT_FAILED"),
            (
                "rename",
                HTTPRequest(
                    method: "PUT", path: "/api/user/me", headers: json + bearer,
                    body: Array(#"{"name":"Ada"}"#.utf8)), 500, "UPDATE_FAILED"
            ),
        ]
        let port = server.port
        let requests = cases.map(\.1)
        let replies = try inParallel(cases.count) { try exchange(requests[$0], port: port) }
        return zip(cases, replies).map { ($0.0, $1, $0.2, $0.3) }
    }

    /// Without a restart everything works again, and nothing that was answered has gone.
    func expectRecovery() throws {
        _ = try waitFor("the store") {
            try server.call("GET", "/readyz").status == 200 ? true : nil
        }
        // What was refused has not happened.
        try expect(try server.me(other.accessToken), 200, "not logged out")
        let name = try server.me(session.accessToken).json["data"]["name"]
        ledger.expect(name == .null, "not renamed: \(name)")
        // Meta repeats its webhook; the page has waited all the while.
        try expect(try server.deliver(tap), 200, "tap")
        ledger.add(.confirmed)
        let event = try page.nextEvent("auth_success")
        try page.send(#"{"event":"ack"}"#)
        ledger.expect(try page.next() == .close(1000), "ack")
        try expect(try server.me(try Session(event["data"]).accessToken), 200, "collected")
        ledger.add(.collected)
        try expectWrites()
    }

    private func expectWrites() throws {
        let refreshed = try server.refresh(session.refreshToken)
        try expect(refreshed, 200, "refresh")
        try expect(try server.logout(other), 200, "logout")
        try expect(
            try server.call(
                "PUT", "/api/user/me", #"{"name":"Ada"}"#, bearer: session.accessToken),
            200, "rename")
        _ = try server.signIn("16505550143")
        // All of it was on disk, too.
        try server.killAndRestart()
        let fresh = try Session(refreshed.json["data"], user: session.userID)
        let me = try server.me(fresh.accessToken)
        ledger.expect(me.json["data"]["name"].text == "Ada", "renamed: \(me)")
        try expect(try server.refresh(fresh.refreshToken), 200, "refreshed")
        try expect(try server.me(other.accessToken), 401, "logged out")
    }
}
