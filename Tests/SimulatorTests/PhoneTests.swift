import OTPless
import Testing
import WhatsAppSimulator

@Suite(.timeLimit(.minutes(1)))
struct PhoneTests {
    @Test func `a tap on a reply button is a button reply that names the message`() async throws {
        try await Rig.run { rig in
            rig.simulator.faults.all.statuses = []
            let id = try await rig.sendButtons()
            let fields = #"{"phone":"16505550142","messageId":"\#(id)","buttonId":"no"}"#
            try await rig.phone("tap", fields)
            let message = try #require(try await rig.receiver.message())
            #expect(message["type"]?.equals("interactive") == true)
            let reply = message.at("interactive", "button_reply")
            #expect(reply?["id"]?.equals("no") == true)
            #expect(reply?["title"]?.equals("Deny") == true)
            #expect(message.at("context", "id")?.equals(id) == true)
            // A button can be tapped once.
            let again = try await exchange("POST", "/simulator/tap", fields, port: rig.port)
            #expect(again.status == 404)
        }
    }

    @Test(
        arguments: [
            (
                "text", #""text":"Hi","quotedId":"wamid.1""#,
                #""context":{"from":"15550783881","id":"wamid.1"},"type":"text","text":{"body":"Hi"}"#
            ),
            (
                "text", #""text":"Hi","forwarded":true"#,
                #""context":{"forwarded":true},"type":"text","text":{"body":"Hi"}"#
            ),
            (
                "text", #""text":"Hi","frequentlyForwarded":true"#,
                #""context":{"frequently_forwarded":true},"type":"text","text":{"body":"Hi"}"#
            ),
            ("text", #""text":"Hä/😀""#, #""type":"text","text":{"body":"H\u00e4\/\ud83d\ude00"}"#),
            (
                "react", #""messageId":"wamid.1","emoji":"x""#,
                #""type":"reaction","reaction":{"message_id":"wamid.1","emoji":"x"}"#
            ),
            (
                "react", #""messageId":"wamid.1""#,
                #""type":"reaction","reaction":{"message_id":"wamid.1"}"#
            ),
            (
                "choose", #""messageId":"wamid.1","rowId":"r1","title":"Row""#,
                #""context":{"from":"15550783881","id":"wamid.1"},"type":"interactive","#
                    + #""interactive":{"type":"list_reply","list_reply":{"id":"r1","title":"Row"}}"#
            ),
            ("image", #""caption":"Me""#, #""type":"image","image":{"caption":"Me","mime_type""#),
        ])
    func `a phone sends this`(action: String, fields: String, expected: String) async throws {
        try await Rig.run { rig in
            try await rig.phone(action, #"{"phone":"16505550142",\#(fields)}"#)
            let delivery = try #require(await rig.receiver.takeRaw(1).first)
            let body = String(decoding: delivery.body, as: UTF8.self)
            #expect(body.contains(expected), "\(body)")
            #expect(body.contains(#""wa_id":"16505550142""#))
            #expect(body.contains(#""from":"16505550142","from_user_id":"US.24105550561""#))
        }
    }

    @Test func `a change of number has no contacts`() async throws {
        try await Rig.run { rig in
            try await rig.phone(
                "change-number", #"{"phone":"16505550142","newPhone":"16505550143"}"#)
            let delivery = try #require(try await rig.receiver.take(1).first)
            #expect(delivery.values.first?["contacts"] == nil)
            let message = try #require(delivery.updates("messages").first)
            #expect(message["from"]?.equals("16505550142") == true)
            #expect(message["type"]?.equals("system") == true)
            #expect(message.at("system", "type")?.equals("user_changed_number") == true)
            #expect(message.at("system", "wa_id")?.equals("16505550143") == true)
        }
    }

    @Test func `what a form of any site could send is no action`() async throws {
        try await Rig.run { rig in
            let reply = try await exchange(
                "POST", "/simulator/text", #"{"phone":"16505550142","text":"yes"}"#,
                headers: ["Content-Type: text/plain"], port: rig.port)
            #expect(reply.status == 415)
        }
    }

    @Test(
        arguments: [
            ("text", #"{"phone":"16505550142"}"#, "text"),
            ("text", #"{"phone":"+16505550142","text":"Hi"}"#, "phone"),
            ("react", #"{"phone":"16505550142"}"#, "messageId"),
            ("change-number", #"{"phone":"16505550142"}"#, "newPhone"),
        ])
    func `what a phone cannot do names the field`(
        action: String, fields: String, field: String
    ) async throws {
        try await Rig.run { rig in
            let reply = try await exchange("POST", "/simulator/\(action)", fields, port: rig.port)
            #expect(reply.status == 400)
            #expect(reply.json?.at("error", "fields", "field")?.string == field)
        }
    }

    @Test func `many phones tap at once, each on its own message`() async throws {
        try await Rig.run { rig in
            rig.simulator.faults.all.statuses = []
            let phones = (0..<300).map { String(16_505_550_000 + $0) }
            try await Rig.each(phones) { phone in
                let id = try await rig.sendButtons(to: phone)
                try await rig.phone(
                    "tap", #"{"phone":"\#(phone)","messageId":"\#(id)","buttonId":"yes"}"#)
            }
            let taps = try await rig.receiver.take(phones.count).flatMap { $0.updates("messages") }
            #expect(Set(taps.compactMap { $0["from"]?.string }) == Set(phones))
            // The page gets the newest chats, and that of a phone that is asked for.
            let state = try await exchange("GET", "/simulator/state", port: rig.port)
            #expect(state.json?["chats"].map { Array($0.elements) }?.count == 200)
            for phone in phones {
                let chat = try await rig.chat(phone)
                #expect(chat.first?["answered"]?.equals("Confirm") == true)
            }
        }
    }
}
