import OTPless
import Testing
import WhatsAppSimulator

@Suite(.timeLimit(.minutes(1)))
struct TemplateTests {
    private static var login: Simulator.Template {
        Simulator.Template(
            name: "login_confirm", language: "en_US",
            body: "Sign in to {{1}} with {{2}} at {{3}}? {{1}} never asks twice.",
            quickReplies: ["Confirm", "Deny"])
    }

    @Test func `an approved template is on the phone with its buttons`() async throws {
        try await Rig.run(templates: [Self.login]) { rig in
            let reply = try await rig.sendTemplate(body: ["{{2}}", "Firefox", "09:30"])
            #expect(reply.status == 200)
            let message = try #require(reply.json?.at("messages"))
            #expect(message.at("message_status")?.equals("accepted") == true)
            let bubble = try #require(try await rig.chat().first)
            #expect(bubble["kind"]?.equals("template") == true)
            #expect(
                bubble["body"]?.string
                    == "Sign in to {{2}} with Firefox at 09:30? {{2}} never asks twice.")
            let buttons = bubble["buttons"].map { Array($0.elements) } ?? []
            #expect(buttons.map { $0["id"]?.string } == ["yes-1", "no-1"])
            #expect(buttons.map { $0["title"]?.string } == ["Confirm", "Deny"])
            let sent = try await rig.receiver.statuses(2).first
            #expect(sent?.at("pricing", "category")?.equals("utility") == true)
        }
    }

    @Test func `a tap on a quick reply is a button, with the payload`() async throws {
        try await Rig.run(templates: [Self.login]) { rig in
            rig.simulator.faults.all.statuses = []
            let reply = try await rig.sendTemplate()
            let id = try #require(reply.json?.at("messages", "id")?.string)
            try await rig.phone(
                "tap", #"{"phone":"16505550142","messageId":"\#(id)","buttonId":"yes-1"}"#)
            let message = try #require(try await rig.receiver.message())
            #expect(message["type"]?.equals("button") == true)
            #expect(message.at("button", "payload")?.equals("yes-1") == true)
            #expect(message.at("button", "text")?.equals("Confirm") == true)
            #expect(message.at("context", "id")?.equals(id) == true)
            #expect(message["interactive"] == nil)
        }
    }

    @Test func `a tap may come without its context`() async throws {
        try await Rig.run(templates: [Self.login]) { rig in
            rig.simulator.faults.all.statuses = []
            rig.simulator.faults.all.omitsContext = true
            let reply = try await rig.sendTemplate()
            let id = try #require(reply.json?.at("messages", "id")?.string)
            try await rig.phone(
                "tap", #"{"phone":"16505550142","messageId":"\#(id)","buttonId":"no-1"}"#)
            let message = try #require(try await rig.receiver.message())
            #expect(message.at("button", "payload")?.equals("no-1") == true)
            #expect(message["context"] == nil)
        }
    }

    @Test func `a quick reply without a payload carries its label`() async throws {
        try await Rig.run(templates: [Self.login]) { rig in
            _ = try await rig.sendTemplate(buttons: [("1", "no-1")])
            let buttons = try await rig.chat().first?["buttons"]?.elements.map { $0["id"]?.string }
            #expect(buttons == ["Confirm", "no-1"])
        }
    }

    @Test func `without approved templates none can be sent`() async throws {
        try await Rig.run { rig in
            let reply = try await rig.sendTemplate()
            #expect(reply.status == 404)
            #expect(reply.json?.at("error", "code")?.integer == 132_001)
        }
    }

    @Test(
        arguments: [
            ("login_confirm", #""code":"de""#, 404, 132_001),
            ("login", #""code":"en_US""#, 404, 132_001),
            ("login_confirm", "", 400, 131_008),
            ("login_confirm", #""code":"en_US","policy":"fallback""#, 400, 131_009),
        ])
    func `name and language must be approved`(
        name: String, language: String, status: Int, code: Int
    ) async throws {
        try await Rig.run(templates: [Self.login]) { rig in
            let reply = try await rig.sendTemplate(name, language: language)
            #expect(reply.status == status)
            #expect(reply.json?.at("error", "code")?.integer == Int64(code))
        }
    }

    @Test(
        arguments: [
            ([], 132_000), (["a", "b"], 132_000), (["a", "b", "c", "d"], 132_000),
            ([#"a\nb"#, "b", "c"], 132_018), ([#"a\tb"#, "b", "c"], 132_018),
            ([#"a\rb"#, "b", "c"], 132_018), (["a    b", "b", "c"], 132_018),
            (["", "b", "c"], 131_008), ([String(repeating: "a", count: 1020), "b", "c"], 132_005),
        ] as [([String], Int)])
    func `parameters are counted and looked at`(body: [String], code: Int) async throws {
        try await Rig.run(templates: [Self.login]) { rig in
            let reply = try await rig.sendTemplate(body: body)
            #expect(reply.status == 400)
            #expect(reply.json?.at("error", "code")?.integer == Int64(code))
            #expect(reply.json?.at("error", "error_data", "details")?.string?.isEmpty == false)
            let chat = try await rig.chat()
            #expect(chat.isEmpty)
        }
    }

    @Test(
        arguments: [
            ("2", "a", 131_009), ("-1", "a", 131_009), ("one", "a", 131_009), ("0", "", 132_012),
            ("0", String(repeating: "a", count: 129), 131_009),
        ])
    func `a quick reply has an index of the template and a short payload`(
        index: String, payload: String, code: Int
    ) async throws {
        try await Rig.run(templates: [Self.login]) { rig in
            let reply = try await rig.sendTemplate(buttons: [(index, payload)])
            #expect(reply.status == 400)
            #expect(reply.json?.at("error", "code")?.integer == Int64(code))
        }
    }

    @Test func `a quick reply is given once`() async throws {
        try await Rig.run(templates: [Self.login]) { rig in
            let reply = try await rig.sendTemplate(buttons: [("0", "a"), ("0", "b")])
            #expect(reply.json?.at("error", "code")?.integer == 131_009)
        }
    }
}
