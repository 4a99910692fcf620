import OTPless
import Testing
import WhatsAppSimulator

/// What the person sees of their own messages.
@Suite(.timeLimit(.minutes(1)))
struct DeliveryTests {
    @Test func `a message is delivered once the business has taken it`() async throws {
        try await Rig.run(refusing: [503]) { rig in
            try await rig.phone("text", #"{"phone":"16505550142","text":"Hi"}"#)
            let message = try await rig.message { $0["status"]?.equals("delivered") == true }
            #expect(message["kind"]?.equals("text") == true)
            #expect(message["refusal"] == nil)
            #expect(rig.receiver.count == 2)
        }
    }

    @Test func `a message that the business does not take says why`() async throws {
        try await Rig.run(refusing: Array(repeating: 503, count: 6)) { rig in
            try await rig.phone("text", #"{"phone":"16505550142","text":"Hi"}"#)
            let message = try await rig.message { $0["status"]?.equals("refused") == true }
            #expect(message["refusal"]?.equals("503") == true)
        }
    }

    @Test func `a message to a business that is not there says so`() async throws {
        try await Rig.run(webhookURL: "http://127.0.0.1:1/") { rig in
            try await rig.phone("text", #"{"phone":"16505550142","text":"Hi"}"#)
            let message = try await rig.message { $0["status"]?.equals("refused") == true }
            #expect(message["refusal"]?.equals("no answer") == true)
        }
    }

    @Test func `what was taken once stays delivered`() async throws {
        try await Rig.run(refusing: [200, 503]) { rig in
            rig.simulator.faults.all.copies = 2
            try await rig.phone("text", #"{"phone":"16505550142","text":"Hi"}"#)
            _ = await rig.receiver.takeRaw(3)
            let message = try #require(try await rig.chat().first)
            #expect(message["status"]?.equals("delivered") == true)
        }
    }

    @Test func `a message that is held back is being sent`() async throws {
        try await Rig.run { rig in
            rig.simulator.faults.all.batch = 2
            try await rig.phone("text", #"{"phone":"16505550142","text":"Hi"}"#)
            let held = try #require(try await rig.chat().first)
            #expect(held["status"]?.equals("sending") == true)
            try await rig.phone("text", #"{"phone":"16505550143","text":"Hi"}"#)
            _ = try await rig.message { $0["status"]?.equals("delivered") == true }
        }
    }

    @Test func `a webhook has the id of the bubble`() async throws {
        try await Rig.run { rig in
            try await rig.phone("text", #"{"phone":"16505550142","text":"Hi"}"#)
            let sent = try #require(try await rig.receiver.message())
            let shown = try #require(try await rig.chat().first)
            #expect(sent["id"]?.string == shown["id"]?.string)
        }
    }
}
