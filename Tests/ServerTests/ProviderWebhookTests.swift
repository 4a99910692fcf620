import TestSupport
import Testing

@Suite(.blocking, .timeLimit(.minutes(5)))
struct ProviderWebhookTests {
    @Test func `Meta's verification gets its challenge for the right token alone`() async throws {
        try await withServer { server in
            let token = LiveServer.verifyToken
            for path in ["/api/webhook", "/api/webhook/cloud"] {
                let right = try server.call(
                    "GET",
                    "\(path)?hub.mode=subscribe&hub.challenge=1158%2001444&hub.verify_token=\(token)"
                )
                #expect(right.status == 200)
                #expect(right.text == "1158 01444")
                #expect(right["Content-Type"]?.hasPrefix("text/plain") == true)
            }
            let wrong = [
                "", "?hub.mode=subscribe&hub.challenge=1&hub.verify_token=wrong",
                "?hub.mode=subscribe&hub.challenge=1&hub.verify_token=",
                "?hub.mode=subscribe&hub.challenge=1",
                "?hub.mode=subscribe&hub.challenge=1&hub.verify_token=\(token)x",
                "?hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=\(token)",
                "?hub.challenge=1&hub.verify_token=\(token)",
            ]
            for query in wrong {
                let reply = try server.call("GET", "/api/webhook" + query)
                #expect(reply.isError(403, "VERIFICATION_FAILED"), "\(query)")
            }
        }
    }

    @Test func `the page hears how far the message has come, never backwards`() async throws {
        try await withServer { server in
            let session = try server.initiate("+16505550142")
            let phone = server.whatsApp.phone("16505550142")
            let prompt = try phone.prompt()
            let page = try server.page(session)
            // The simulated phone is in reach: sent and delivered come by themselves.
            var stages = [try page.nextEvent("pending")["data"]["delivery"].text]
            while stages.last != "delivered" { stages.append(try nextDelivery(page)) }
            let order = ["queued", "sent", "delivered"]
            #expect(
                stages.map { order.firstIndex(of: $0 ?? "") ?? -1 } == sortedPlaces(stages, order))

            try report("read", prompt, phone, server)
            #expect(try nextDelivery(page) == "read")
            for late in ["delivered", "sent", "failed", "played", "read"] {
                try report(late, prompt, phone, server)
            }
            try phone.tapConfirm()
            // Not a word about the late reports.
            #expect(try page.nextEvent()["event"].text == "auth_success")
        }
    }

    @Test func `statuses of messages that are not ours change nothing`() async throws {
        try await withServer { server in
            let session = try server.initiate("+16505550142")
            for word in ["sent", "delivered", "read", "failed"] {
                let body = Webhook.status(word, of: "wamid.unknown", to: "16505550142")
                #expect(try server.deliver(body).status == 200)
            }
            #expect(try server.claim(session).status == 202)
        }
    }

    @Test func `a signed webhook of an unknown shape is taken`() async throws {
        try await withServer { server in
            let bodies = [
                "{}", "[]", "null", "1", #"{"object":"page","entry":[]}"#,
                #"{"object":"whatsapp_business_account","entry":{}}"#,
                #"{"object":"whatsapp_business_account","entry":[null,1,{"changes":[{"field":1}]}]}"#,
            ]
            for text in bodies {
                let reply = try server.deliver(Array(text.utf8))
                #expect(reply.isSuccess("Webhook received successfully"), "\(text): \(reply)")
                #expect(reply.json["data"] == .object(["received": .bool(true)]))
            }
            for text in ["", "x", "{", "[1,]"] {
                #expect(
                    try server.deliver(Array(text.utf8)).isError(400, "INVALID_JSON"), "\(text)")
            }
        }
    }

    @Test func `webhooks may be larger than other bodies, but not boundless`() async throws {
        try await withServer { server in
            let filler = [UInt8](repeating: 0x20, count: 3 << 20)
            let largest = Array("{}".utf8) + filler.dropLast(2)
            #expect(try server.deliver(largest).status == 200)
            let request = HTTPRequest(
                method: "POST", path: "/api/webhook",
                headers: [("Content-Length", "\((3 << 20) + 1)")])
            let socket = try TCPSocket(port: server.port)
            try socket.send(request.bytes + [0x20])
            #expect(try socket.takeReply().isError(413, "PAYLOAD_TOO_LARGE"))
        }
    }

    @Test func `taps of other kinds of messages confirm nothing`() async throws {
        try await withServer { server in
            let session = try server.initiate("+16505550142")
            let phone = server.whatsApp.phone("16505550142")
            let prompt = try phone.prompt()
            let original = Webhook.tap(prompt.confirm, by: phone.digits, id: "wamid.0")
            let tap = String(decoding: original, as: UTF8.self)
            let changes = [
                (#""type":"interactive","#, #""type":"text","#),
                (#""type":"button_reply","#, #""type":"list_reply","#),
                (#""from":"16505550142","#, #""from":"16505550142","context":{"forwarded":true},"#),
                (#""from":"16505550142","#, #""from":"16505550142","group_id":"G1","#),
                (#""field":"messages""#, #""field":"message_echoes""#),
                (#""messages":["#, #""message_echoes":["#),
                (SimulatedWhatsApp.numberID, "999999999999999"),
                (prompt.confirm, prompt.confirm + "A"),
                (prompt.confirm, String(prompt.confirm.dropLast(3)) + "AAA"),
            ]
            for (index, (old, new)) in changes.enumerated() {
                let changed = tap.replacing(old, with: new)
                #expect(changed != tap, "\(old)")
                // Another message each time: one id twice is the same message.
                let body = changed.replacing("wamid.0", with: "wamid.\(index + 1)")
                #expect(try server.deliver(Array(body.utf8)).status == 200, "\(new)")
                #expect(try server.claim(session).status == 202, "\(new)")
            }
            #expect(try server.deliver(original).status == 200)
            #expect(try server.claim(session).status == 200)
        }
    }

    @Test func `a tap that quotes another login's message confirms nothing`() async throws {
        try await withServer { server in
            let phone = server.whatsApp.phone("16505550142")
            let first = try server.initiate(phone.e164)
            let firstPrompt = try phone.prompt()
            let second = try server.initiate(phone.e164)
            let secondPrompt = try phone.prompt()
            #expect(firstPrompt.id != secondPrompt.id)
            let crossed = Webhook.tap(
                secondPrompt.confirm, by: phone.digits, id: "wamid.1", quoting: firstPrompt.id)
            #expect(try server.deliver(crossed).status == 200)
            #expect(try server.claim(first).status == 202)
            #expect(try server.claim(second).status == 202)
            let right = Webhook.tap(
                secondPrompt.confirm, by: phone.digits, id: "wamid.2", quoting: secondPrompt.id)
            #expect(try server.deliver(right).status == 200)
            #expect(try server.claim(first).status == 202)
            #expect(try server.claim(second).status == 200)
        }
    }

    @Test func `a deny right after the confirmation ends the login it made`() async throws {
        try await withServer { server in
            let session = try server.initiate("+16505550142")
            let phone = server.whatsApp.phone("16505550142")
            let prompt = try phone.prompt()
            let yes = Webhook.tap(prompt.confirm, by: phone.digits, id: "wamid.1")
            #expect(try server.deliver(yes).status == 200)
            let signedIn = try Session(try server.claim(session).json["data"])
            let no = Webhook.tap(prompt.deny, by: phone.digits, id: "wamid.2")
            #expect(try server.deliver(no).status == 200)
            let (access, outcome) = (try server.me(signedIn.accessToken), try server.claim(session))
            #expect(access.isError(401, "INVALID_TOKEN"))
            #expect(outcome.isError(403, "LOGIN_DENIED"))
        }
    }

    private func report(
        _ word: String, _ prompt: Phone.Prompt, _ phone: Phone, _ server: LiveServer
    ) throws {
        let body = Webhook.status(word, of: prompt.id, to: phone.digits)
        #expect(try server.deliver(body).status == 200)
    }

    private func nextDelivery(_ page: PageSocket) throws -> String? {
        let event = try page.nextEvent()
        #expect(event["event"].text == "delivery")
        #expect(event["statusCode"] == .number(202))
        #expect(event["message"].text == "Delivery updated")
        return event["data"]["delivery"].text
    }

    private func sortedPlaces(_ stages: [String?], _ order: [String]) -> [Int] {
        Set(stages.map { order.firstIndex(of: $0 ?? "") ?? -1 }).sorted()
    }
}
