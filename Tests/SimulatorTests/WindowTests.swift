import OTPless
import TestSupport
import Testing
import WhatsAppSimulator

@Suite(.timeLimit(.minutes(1)))
struct WindowTests {
    private static let phone = "16505550142"

    @Test func `a closed window lets only templates through`() async throws {
        let template = Simulator.Template(name: "hello", language: "en", body: "Hello!")
        try await Rig.run(templates: [template]) { rig in
            rig.simulator.faults.all.window = .closed
            let reply = try await rig.sendText()
            #expect(reply.status == 400)
            #expect(reply.json?.at("error", "code")?.integer == 131_047)
            #expect(reply.json?.at("error", "message")?.string == "(#131047) Re-engagement message")
            let sent = try await rig.sendTemplate(
                "hello", language: #""code":"en""#, body: [], buttons: [])
            #expect(sent.status == 200)
            let chat = try await rig.chat()
            #expect(chat.map { $0["body"]?.string } == ["Hello!"])
        }
    }

    @Test func `a message outside the window may fail later`() async throws {
        try await Rig.run { rig in
            rig.simulator.faults.all.window = .closed
            rig.simulator.faults.all.windowFailsLater = true
            let reply = try await rig.sendText()
            #expect(reply.status == 200)
            let status = try #require(try await rig.receiver.statuses(1).first)
            #expect(status["status"]?.equals("failed") == true)
            #expect(status.at("errors", "code")?.integer == 131_047)
        }
    }

    @Test func `a text opens the window for a day, a template does not`() async throws {
        let clock = TestClock(Timestamp(seconds: 1_795_200_000))
        let template = Simulator.Template(name: "hello", language: "en", body: "Hello!")
        try await Rig.run(clock: clock, templates: [template]) { rig in
            rig.simulator.faults.all.window = .enforced
            _ = try await rig.sendTemplate(
                "hello", language: #""code":"en""#, body: [], buttons: [])
            var statuses = try await rig.sendTexts(to: Self.phone)
            try await rig.phone("text", #"{"phone":"\#(Self.phone)","text":"Hi"}"#)
            statuses += try await rig.sendTexts(to: Self.phone)
            clock.advance(by: .seconds(86_399))
            statuses += try await rig.sendTexts(to: Self.phone)
            clock.advance(by: .seconds(1))
            statuses += try await rig.sendTexts(to: Self.phone)
            #expect(statuses == [400, 200, 200, 400])
        }
    }

    @Test func `a tap opens the window too`() async throws {
        let clock = TestClock(Timestamp(seconds: 1_795_200_000))
        try await Rig.run(clock: clock) { rig in
            let id = try await rig.sendButtons()
            rig.simulator.faults.all.window = .enforced
            clock.advance(by: .seconds(100_000))
            var statuses = try await rig.sendTexts(to: Self.phone)
            try await rig.phone(
                "tap", #"{"phone":"\#(Self.phone)","messageId":"\#(id)","buttonId":"yes"}"#)
            statuses += try await rig.sendTexts(to: Self.phone)
            #expect(statuses == [400, 200])
        }
    }

    @Test func `each phone has a window of its own`() async throws {
        try await Rig.run { rig in
            rig.simulator.faults.all.window = .enforced
            try await rig.phone("text", #"{"phone":"16505550143","text":"Hi"}"#)
            let statuses = try await rig.sendTexts(to: Self.phone, "16505550143")
            #expect(statuses == [400, 200])
        }
    }
}
