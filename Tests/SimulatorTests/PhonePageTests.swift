import OTPless
import Testing
import WhatsAppSimulator

/// What the page that is the phone gets.
@Suite(.timeLimit(.minutes(1)))
struct PhonePageTests {
    @Test func `a link message opens the phone`() async throws {
        try await Rig.run { rig in
            let page = try await exchange("GET", "/", port: rig.port)
            let link = try await exchange("GET", "/15550783881?text=Hi%20there", port: rig.port)
            #expect(link.status == 200)
            #expect(link.body == page.body)
            #expect(link.headers["content-security-policy"]?.contains("default-src 'self'") == true)
            #expect(link.headers["content-type"] == "text/html; charset=utf-8")
        }
    }

    @Test func `every file that the page names is there`() async throws {
        try await Rig.run { rig in
            let page = try await exchange("GET", "/", port: rig.port).text
            let scripts = ["phone", "chat", "chats", "draft", "faults", "simulator"]
            for script in scripts {
                let file = try await exchange("GET", "/\(script).js", port: rig.port)
                #expect(file.headers["content-type"] == "text/javascript; charset=utf-8")
            }
            for style in ["/phone.css", "/faults.css"] {
                #expect(page.contains(style))
                let file = try await exchange("GET", style, port: rig.port)
                #expect(file.headers["content-type"] == "text/css; charset=utf-8")
            }
        }
    }

    @Test func `a phone is there before its first message`() async throws {
        try await Rig.run { rig in
            try await rig.phone("add", #"{"phone":"4930123456"}"#)
            try await rig.phone("add", #"{"phone":"4930123456"}"#)
            let state = try await exchange("GET", "/simulator/state", port: rig.port)
            #expect(state.json?["chatCount"]?.integer == 1)
            #expect(state.json?.at("chats", "phone")?.equals("4930123456") == true)
            #expect(state.json?.at("chats", "messages").map { Array($0.elements).count } == 0)
            let reply = try await exchange(
                "POST", "/simulator/add", #"{"phone":"+49"}"#, port: rig.port)
            #expect(reply.status == 400)
        }
    }

    @Test func `a tap is a message that quotes what it answers`() async throws {
        try await Rig.run { rig in
            let id = try await rig.sendButtons()
            try await rig.phone(
                "tap", #"{"phone":"16505550142","messageId":"\#(id)","buttonId":"yes"}"#)
            let chat = try await rig.chat()
            #expect(chat.map { $0["kind"]?.string } == ["buttons", "tap"])
            #expect(chat.map { $0["body"]?.string } == ["Sign in?", "Confirm"])
            #expect(chat.last?["quoted"]?.string == id)
            #expect(chat.last?["direction"]?.equals("out") == true)
        }
    }

    @Test func `a reaction is shown until it is taken back`() async throws {
        try await Rig.run { rig in
            let id = try await rig.sendButtons()
            let fields = #""phone":"16505550142","messageId":"\#(id)""#
            try await rig.phone("react", #"{\#(fields),"emoji":"👍"}"#)
            #expect(try await rig.chat().first?["reaction"]?.equals("👍") == true)
            try await rig.phone("react", "{\(fields)}")
            #expect(try await rig.chat().first?["reaction"]?.isNull == true)
        }
    }

    @Test func `an old chat with news comes before a new one without`() async throws {
        try await Rig.run { rig in
            let phones = (0..<250).map { String(16_505_550_000 + $0) }
            for phone in phones { try await rig.phone("add", #"{"phone":"\#(phone)"}"#) }
            _ = try await rig.sendText(to: phones[0])
            let state = try await exchange("GET", "/simulator/state", port: rig.port)
            let chats = state.json?["chats"].map { Array($0.elements) } ?? []
            #expect(state.json?["chatCount"]?.integer == 250)
            let shown = chats.compactMap { $0["phone"]?.string }
            #expect(shown == [phones[0]] + phones[51...])
            let latest = chats.max {
                ($0["activity"]?.integer ?? 0) < ($1["activity"]?.integer ?? 0)
            }
            #expect(latest?["phone"]?.string == phones[0])
        }
    }

    @Test func `a page that waits hears that a count goes down`() async throws {
        try await Rig.run { rig in
            _ = try await rig.put(#"{"send":{"answer":"error","code":131026,"next":2}}"#)
            let version = try await rig.state { _ in true }["version"]?.integer ?? 0
            async let news = exchange(
                "GET", "/simulator/state?after=\(version)", port: rig.port)
            #expect(try await rig.sendText().status == 400)
            let state = try await news.json
            #expect(try #require(state?["version"]?.integer) > version)
            #expect(state?.at("faults", "send", "next")?.integer == 1)
        }
    }

    @Test func `a page that waits hears of new faults`() async throws {
        try await Rig.run { rig in
            let version = try await rig.state { _ in true }["version"]?.integer ?? 0
            async let news = exchange(
                "GET", "/simulator/state?after=\(version)", port: rig.port)
            rig.simulator.faults.all.copies = 2
            #expect(try await news.json?.at("faults", "copies")?.integer == 2)
        }
    }
}
