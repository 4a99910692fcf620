import TestSupport
import Testing

/// What is done is what is counted, no more and no less.
@Suite(.blocking, .timeLimit(.minutes(2)))
struct MetricsCountTests {
    private static let digits = "16505550142"

    @Test func `a login moves each counter by what was done`() async throws {
        try await withQuietServer { server, whatsApp in
            let session = try server.initiate("+" + Self.digits)
            let page = try server.page(session)
            _ = try page.nextEvent("pending")
            try expectWaiting(try server.metrics())
            let tap = Webhook.tap(
                try whatsApp.phone(Self.digits).prompt().confirm, by: Self.digits, id: "wamid.1")
            // The same message twice is answered twice and counts once.
            for _ in 1...2 { #expect(try server.deliver(tap).status == 200) }
            let signedIn = try Session(try page.nextEvent("auth_success")["data"])
            #expect(try server.metrics().value("otpless_waiting_pages", ["state": "granted"]) == 1)
            try page.send(#"{"event":"ack"}"#)
            #expect(try page.next() == .close(1000))
            for _ in 1...3 { #expect(try server.me(signedIn.accessToken).status == 200) }
            #expect(try server.refresh(signedIn.refreshToken).status == 200)
            #expect(try server.refresh("x").status == 401)
            let counted = try waitFor("the WebSocket to end") {
                let counted = try server.metrics()
                return counted.value("otpless_connections", ["state": "websocket"]) == 0
                    && counted.value("otpless_connections", ["state": "closing"]) == 0
                    ? counted : nil
            }
            expectRequests(counted)
            expectLogin(counted)
            expectStore(counted)
        }
    }

    private func expectWaiting(_ counted: MetricsPage) throws {
        #expect(counted.value("otpless_connections", ["state": "websocket"]) == 1)
        // The connection that asks.
        #expect(counted.value("otpless_connections", ["state": "http"]) == 1)
        #expect(counted.value("otpless_http_requests_in_flight") == 1)
        #expect(counted.value("otpless_waiting_pages", ["state": "waiting"]) == 1)
        #expect(counted.value("otpless_logins_started_total") == 1)
        #expect(counted.sum("otpless_logins_ended_total") == 0)
    }

    private func expectRequests(_ counted: MetricsPage) {
        let expected = [
            ("POST", "/api/auth/initiate", "200", 1.0), ("GET", "/api/auth/ws", "101", 1),
            ("POST", "/api/webhook", "200", 2), ("GET", "/api/user/me", "200", 3),
            ("POST", "/api/auth/refresh", "200", 1), ("POST", "/api/auth/refresh", "401", 1),
        ]
        for (method, route, code, count) in expected {
            let labels = ["method": method, "route": route, "code": code]
            #expect(counted.value("otpless_http_requests_total", labels) == count, "\(labels)")
        }
        let timed = ["method": "GET", "route": "/api/user/me"]
        #expect(counted.value("otpless_http_request_duration_seconds_count", timed) == 3)
        let took = counted.value("otpless_http_request_duration_seconds_sum", timed)
        #expect(took > 0 && took < 60)
        #expect(counted.sum("otpless_http_requests_total", ["route": "unmatched"]) == 0)
        // All but the six connections of the five endpoints: what asked for metrics, and for health.
        let requests = counted.sum("otpless_http_requests_total")
        #expect(counted.value("otpless_connections_accepted_total") == requests + 1)
    }

    private func expectLogin(_ counted: MetricsPage) {
        #expect(counted.value("otpless_logins_started_total") == 1)
        #expect(counted.value("otpless_logins_ended_total", ["outcome": "confirmed"]) == 1)
        #expect(counted.sum("otpless_logins_ended_total") == 1)
        let sent = ["kind": "buttons", "result": "accepted"]
        #expect(counted.value("otpless_messages_total", sent) == 1)
        #expect(counted.sum("otpless_messages_total") == 1)
        #expect(counted.value("otpless_provider_requests_total", ["result": "answered"]) == 1)
        #expect(counted.value("otpless_provider_request_duration_seconds_count") == 1)
        #expect(counted.value("otpless_provider_requests_in_flight") == 0)
        #expect(counted.value("otpless_webhook_deliveries_total", ["result": "taken"]) == 2)
        #expect(counted.value("otpless_webhook_events_total", ["kind": "button"]) == 2)
        #expect(counted.sum("otpless_webhook_events_total") == 2)
        for result in ["applied", "ignored"] {
            let answer = ["answer": "confirm", "result": result]
            #expect(counted.value("otpless_answers_total", answer) == 1)
        }
        #expect(counted.value("otpless_token_handovers_total") == 1)
        #expect(counted.value("otpless_token_refreshes_total", ["result": "rotated"]) == 1)
        #expect(counted.value("otpless_token_refreshes_total", ["result": "refused"]) == 1)
        #expect(counted.sum("otpless_waiting_pages") == 0)
    }

    private func expectStore(_ counted: MetricsPage) {
        // Two secrets at start; the login, its message, the tap with the pair, the second tap, the
        // ack, the refresh, and its refusal: a page that waits costs no commit of its own.
        #expect(counted.value("otpless_store_commit_operations_sum") == 9)
        let commits = counted.value("otpless_store_commits_total", ["result": "committed"])
        #expect(counted.value("otpless_store_commit_operations_count") == commits)
        #expect(counted.value("otpless_store_commit_duration_seconds_count") == commits)
        #expect(counted.value("otpless_store_commits_total", ["result": "failed"]) == 0)
        #expect(counted.value("otpless_store_operations_waiting") == 0)
    }

    @Test func `paths that nobody serves make no series of their own`() async throws {
        try await withServer { server in
            let before = try server.metrics()
            for path in ["/nowhere", "/api/users/+16505550142", "/api/user/me/devices/a/b"] {
                #expect(try server.call("GET", path).status == 404)
            }
            #expect(try server.call("PATCH", "/api/user/me").status == 405)
            #expect(try server.call("DELETE", "/api/user/me/devices/16505550142").status == 401)
            let socket = try TCPSocket(port: server.port)
            try socket.send("GET /16505550142 HTTP/1.1\r\n\r\n")
            #expect(try socket.takeReply().status == 400)

            let after = try server.metrics()
            func moved(_ route: String, _ code: String) -> Double {
                let labels = ["route": route, "code": code]
                return after.sum("otpless_http_requests_total", labels)
                    - before.sum("otpless_http_requests_total", labels)
            }
            #expect(moved("unmatched", "404") == 3)
            #expect(moved("unmatched", "405") == 1)
            #expect(moved("/api/user/me/devices/{id}", "401") == 1)
            #expect(moved("refused", "400") == 1)
            #expect(!(try server.call("GET", "/metrics").text.contains("1650555")))
        }
    }

    @Test func `a denied and a cancelled login are counted once, whatever is repeated`()
        async throws
    {
        try await withQuietServer { server, whatsApp in
            let phone = whatsApp.phone(Self.digits)
            let denied = try server.initiate(phone.e164)
            let deny = Webhook.tap(try phone.prompt().deny, by: Self.digits, id: "wamid.1")
            for _ in 1...2 { #expect(try server.deliver(deny).status == 200) }
            #expect(try server.perform("cancel", denied).status == 403)
            let cancelled = try server.initiate(phone.e164)
            for _ in 1...3 { #expect(try server.perform("cancel", cancelled).status == 200) }
            let counted = try server.metrics()
            #expect(counted.value("otpless_logins_started_total") == 2)
            #expect(counted.value("otpless_logins_ended_total", ["outcome": "denied"]) == 1)
            #expect(counted.value("otpless_logins_ended_total", ["outcome": "cancelled"]) == 1)
            #expect(counted.sum("otpless_logins_ended_total") == 2)
        }
    }

    @Test func `what the provider does not take is counted as such`() async throws {
        let provider = try StandInProvider()
        let url = "http://127.0.0.1:\(provider.port)"
        try await withServer(["OTPLESS_WHATSAPP_BASE_URL": url]) { server in
            provider.behave(.badGateway)
            let number = #"{"phoneNumber":"+16505550142"}"#
            #expect(try server.call("POST", "/api/auth/initiate", number).status == 500)
            provider.behave(.reset)
            #expect(try server.call("POST", "/api/auth/initiate", number).status == 500)
            let counted = try server.metrics()
            let failed = ["kind": "buttons", "result": "failed"]
            #expect(counted.value("otpless_messages_total", failed) == 2)
            #expect(counted.value("otpless_provider_requests_total", ["result": "answered"]) == 1)
            #expect(counted.value("otpless_provider_requests_total", ["result": "failed"]) == 1)
            #expect(counted.value("otpless_logins_ended_total", ["outcome": "unsent"]) == 2)
            let labels = ["method": "POST", "route": "/api/auth/initiate", "code": "500"]
            #expect(counted.value("otpless_http_requests_total", labels) == 2)
            #expect(counted.value("otpless_log_lines_total", ["level": "error"]) == 2)
        }
    }

    @Test func `a webhook is counted by its result, and what it holds by its kind`() async throws {
        try await withQuietServer { server, whatsApp in
            _ = try server.initiate("+" + Self.digits)
            let id = try whatsApp.phone(Self.digits).prompt().id
            for word in ["sent", "delivered", "read", "failed"] {
                let report = Webhook.status(word, of: id, to: Self.digits)
                #expect(try server.deliver(report).status == 200)
            }
            #expect(try server.deliver(Array("{}".utf8)).status == 200)
            #expect(try server.deliver(Array("{".utf8)).status == 400)
            #expect(try server.deliver(Array("{}".utf8), signature: "sha256=00").status == 401)
            let counted = try server.metrics()
            let results = [
                "taken": 5.0, "invalid_json": 1, "invalid_signature": 1, "unavailable": 0,
            ]
            for (result, count) in results {
                let labels = ["result": result]
                #expect(counted.value("otpless_webhook_deliveries_total", labels) == count)
            }
            for kind in ["sent", "delivered", "read", "failed", "unknown"] {
                #expect(counted.value("otpless_webhook_events_total", ["kind": kind]) == 1)
            }
            #expect(counted.sum("otpless_webhook_events_total") == 5)
        }
    }
}
