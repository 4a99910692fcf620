import OTPless
import Testing
import WhatsAppSimulator

/// Phones that answer by themselves.
@Suite(.timeLimit(.minutes(1)))
struct AnswersTests {
    @Test(arguments: [("confirm", "yes"), ("decline", "no")])
    func `a phone reads a message and taps`(answers: String, button: String) async throws {
        try await Rig.run { rig in
            #expect(try await rig.put(#"{"answers":"\#(answers)"}"#).status == 200)
            let id = try await rig.sendButtons()
            let deliveries = try await rig.receiver.take(4)
            let tap = try #require(deliveries.flatMap { $0.updates("messages") }.first)
            #expect(tap.at("interactive", "button_reply", "id")?.equals(button) == true)
            #expect(tap.at("context", "id")?.string == id)
            let statuses = deliveries.flatMap { $0.updates("statuses") }
            #expect(
                Set(statuses.compactMap { $0["status"]?.string }) == ["sent", "delivered", "read"])
        }
    }

    @Test func `each phone has its own way`() async throws {
        try await Rig.run { rig in
            rig.simulator.faults.all.statuses = []
            rig.simulator.faults.all.answers = .confirm
            rig.simulator.faults["16505550143"].answers = .decline
            _ = try await rig.sendButtons(to: "16505550142")
            _ = try await rig.sendButtons(to: "16505550143")
            let taps = try await rig.receiver.take(2).flatMap { $0.updates("messages") }
            let answers = taps.map { tap in
                [tap["from"]?.string, tap.at("interactive", "button_reply", "id")?.string]
            }
            #expect(Set(answers) == [["16505550142", "yes"], ["16505550143", "no"]])
        }
    }

    @Test func `a number is shared by who confirms`() async throws {
        try await Rig.run { rig in
            rig.simulator.faults.all.statuses = []
            rig.simulator.faults.all.answers = .confirm
            _ = try await rig.post(
                #"{"messaging_product":"whatsapp","to":"+16505550142","type":"interactive","#
                    + #""interactive":{"type":"request_contact_info","body":{"text":"Who?"},"#
                    + #""action":{"name":"request_contact_info"}}}"#)
            let message = try #require(try await rig.receiver.message())
            #expect(message.at("contacts", "origin")?.equals("contact_request") == true)
            let chat = try await rig.chat()
            #expect(chat.map { $0["kind"]?.string } == ["contactRequest", "card"])
        }
    }

    @Test func `a button that denies is never taken for a confirmation`() async throws {
        try await Rig.run { rig in
            rig.simulator.faults.all.statuses = [.read]
            rig.simulator.faults.all.answers = .confirm
            _ = try await rig.post(
                #"{"messaging_product":"whatsapp","to":"+16505550142","type":"interactive","#
                    + #""interactive":{"type":"button","body":{"text":"Which number?"},"action":{"#
                    + #""buttons":[{"type":"reply","reply":{"id":"no","title":"Deny"}}]}}}"#)
            _ = try await rig.receiver.take(1)
            #expect(try await rig.chat().first?["answered"]?.isNull == true)
        }
    }

    @Test func `a phone does not look at its chat when a message does not arrive`() async throws {
        try await Rig.run { rig in
            rig.simulator.faults.all.statuses = []
            _ = try await rig.sendText()
            rig.simulator.faults.all.answers = .confirm
            rig.simulator.faults.all.send = SendFault(.error(131_026), next: 1)
            #expect(try await rig.sendText().status == 400)
            _ = try await rig.sendButtons(to: "16505550143")
            let tap = try #require(try await rig.receiver.message())
            #expect(tap["from"]?.equals("16505550143") == true)
            #expect(try await rig.chat().first?["status"]?.equals("delivered") == true)
        }
    }
}
