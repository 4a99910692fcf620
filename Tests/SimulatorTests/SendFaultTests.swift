import OTPless
import TestSupport
import Testing
import WhatsAppSimulator

@Suite(.timeLimit(.minutes(1)))
struct SendFaultTests {
    @Test(
        arguments: [
            (131_056, 400), (130_429, 429), (4, 400), (80_007, 400), (131_000, 500),
            (131_047, 400), (131_026, 400), (190, 401), (1, 500), (2, 503), (131_016, 500),
            (133_004, 503), (132_001, 404), (131_005, 403), (999_999, 400),
        ])
    func `a send is refused with any error code`(code: Int, status: Int) async throws {
        try await Rig.run { rig in
            rig.simulator.faults.all.send = SendFault(.error(code))
            let reply = try await rig.sendText()
            let error = try #require(reply.json?["error"])
            #expect(reply.status == status)
            #expect(reply.headers["content-type"] == "application/json; charset=UTF-8")
            #expect(error["code"]?.integer == Int64(code))
            #expect(error["type"]?.equals("OAuthException") == true)
            #expect(error["message"]?.string?.isEmpty == false)
            #expect(error["fbtrace_id"]?.string?.isEmpty == false)
            #expect(try await rig.chat().isEmpty)
        }
    }

    @Test func `an error has Meta's words and the headers that were asked for`() async throws {
        try await Rig.run { rig in
            var fault = SendFault(.error(131_056))
            fault.status = 429
            fault.retryAfter = 6
            fault.regainAccess = 5
            rig.simulator.faults.all.send = fault
            let reply = try await rig.sendText()
            #expect(reply.status == 429)
            #expect(reply.headers["retry-after"] == "6")
            let usage = try JSONDocument(
                Array((reply.headers["x-business-use-case-usage"] ?? "").utf8)
            ).root
            let minutes = usage.at("102290129340398", "estimated_time_to_regain_access")
            #expect(minutes?.integer == 5)
            let error = reply.json?["error"]
            #expect(
                error?["message"]?.string
                    == "(#131056) (Business Account, Consumer Account) pair rate limit hit")
            let data = error?["error_data"]
            #expect(data?["messaging_product"]?.equals("whatsapp") == true)
            #expect(data?["details"]?.string?.isEmpty == false)
        }
    }

    @Test func `a fault for the next sends is over after them`() async throws {
        try await Rig.run { rig in
            rig.simulator.faults.all.send = SendFault(.error(131_000), next: 2)
            let phone = "16505550142"
            let statuses = try await rig.sendTexts(to: phone, phone, phone, phone)
            #expect(statuses == [500, 500, 200, 200])
            #expect(rig.simulator.faults == SimulatorFaults())
        }
    }

    @Test func `what is refused anyway does not count as a send`() async throws {
        try await Rig.run { rig in
            rig.simulator.faults.all.send = SendFault(.error(131_000), next: 1)
            let statuses = try await rig.sendTexts(to: "15550783881", "16505550142")
            #expect(statuses == [400, 500])
        }
    }

    @Test func `one phone's faults are its own`() async throws {
        try await Rig.run { rig in
            rig.simulator.faults.all.send = SendFault(.error(2))
            rig.simulator.faults["16505550143"].send = SendFault(.error(131_056), next: 1)
            rig.simulator.faults["16505550144"].send = nil
            let statuses = try await rig.sendTexts(
                to: "16505550142", "16505550143", "16505550143", "16505550144")
            #expect(statuses == [503, 400, 200, 200])
        }
    }

    @Test func `what stands before the API answers with a page`() async throws {
        try await Rig.run { rig in
            rig.simulator.faults.all.send = SendFault(.page)
            let reply = try await rig.sendText()
            #expect(reply.status == 502)
            #expect(reply.headers["content-type"] == "text/html; charset=utf-8")
            #expect(reply.json == nil && reply.text.contains("<html>"))
            rig.simulator.faults.all.send?.status = 503
            #expect(try await rig.sendText().status == 503)
        }
    }

    @Test func `an answer may be empty`() async throws {
        try await Rig.run { rig in
            rig.simulator.faults.all.send = SendFault(.empty)
            let reply = try await rig.sendText()
            #expect(reply.status == 200 && reply.body.isEmpty)
        }
    }

    @Test func `a message may arrive although the answer does not say so`() async throws {
        try await Rig.run { rig in
            var fault = SendFault(.error(131_000))
            fault.arrives = true
            rig.simulator.faults.all.send = fault
            #expect(try await rig.sendText().status == 500)
            let id = try #require(try await rig.chat().first?["id"]?.string)
            let statuses = try await rig.receiver.statuses(2)
            #expect(statuses.allSatisfy { $0["id"]?.equals(id) == true })
            #expect(
                statuses.allSatisfy { $0["biz_opaque_callback_data"]?.equals("login-1") == true })
        }
    }

    @Test func `a message that was taken may fail later`() async throws {
        try await Rig.run { rig in
            rig.simulator.faults.all.send = SendFault(.failure(131_026), next: 1)
            let reply = try await rig.sendText()
            #expect(reply.status == 200)
            let id = try #require(reply.json?.at("messages", "id")?.string)
            let delivery = try #require(try await rig.receiver.take(1).first)
            let contact = delivery.values.first?["contacts"]?.elements.first { _ in true }
            #expect(contact?["wa_id"]?.equals("16505550142") == true)
            #expect(contact?["user_id"] == nil && contact?["profile"] == nil)
            let status = try #require(delivery.updates("statuses").first)
            #expect(status["id"]?.equals(id) == true)
            #expect(status["status"]?.equals("failed") == true)
            #expect(status["biz_opaque_callback_data"]?.equals("login-1") == true)
            #expect(status["recipient_user_id"] == nil)
            let error = try #require(status["errors"]?.elements.first { _ in true })
            #expect(error["code"]?.integer == 131_026)
            #expect(error["title"]?.equals("Message undeliverable") == true)
            #expect(error["message"]?.equals("Message undeliverable") == true)
            #expect(error.at("error_data", "details")?.string?.isEmpty == false)
            #expect(error["href"]?.string?.hasPrefix("https://") == true)
            #expect(try await rig.chat().isEmpty)
        }
    }

    @Test func `the answer to a send may be late, and the statuses with it`() async throws {
        try await Rig.run { rig in
            rig.simulator.faults.all.answerDelay = .milliseconds(20)
            let reply = try await rig.sendText()
            #expect(reply.status == 200)
            let statuses = try await rig.receiver.statuses(2)
            #expect(statuses.compactMap { $0["status"]?.string } == ["sent", "delivered"])
        }
    }

    @Test func `a message is on the phone although its business waits no longer`() async throws {
        try await Rig.run { rig in
            rig.simulator.faults.all.answerDelay = .seconds(60)
            await #expect(throws: Fault.self) {
                _ = try await rig.sendText(patience: .milliseconds(100))
            }
            // The request may have come only now that the machine is busy.
            while try await rig.chat().isEmpty {}
            // The statuses wait for the answer: what comes first is the phone's own message.
            try await rig.phone("text", #"{"phone":"16505550142","text":"Hi"}"#)
            let first = try #require(try await rig.receiver.take(1).first)
            #expect(first.updates("messages").count == 1)
        }
    }
}
