import OTPless
import Testing
import Webhook

/// Whatever JSON a provider may write is taken: what is refused comes again for days, and whole.
@Suite(.timeLimit(.minutes(1)))
struct UnusualTextTests {
    @Test(arguments: [#"X\ud83d"#, #"\ude00X"#, #"\ud83d\ud83d\ude00"#])
    func `half an emoji in a stranger's text takes nobody else's answer with it`(
        text: String
    ) async throws {
        let test = try await TestApp()
        let login = try await test.start()
        let messages = Body.messages(
            Body.text(text, from: "16505550199", id: "wamid.1"),
            Body.text("yes", from: login.sender, id: "wamid.2"))
        try await test.deliver(Body.change(messages))
        #expect(try await test.state(of: login) == .confirmed)
    }

    @Test func `half an emoji is no white space around a word`() async throws {
        let test = try await TestApp()
        let login = try await test.start()
        try await test.deliver(
            Body.change(Body.messages(Body.text(#"yes\ud83d"#, from: login.sender))))
        #expect(try await test.state(of: login) == .pending)
    }

    @Test func `names with half an emoji take no answer with them`() async throws {
        let test = try await TestApp()
        let login = try await test.start()
        let tap = Body.tap(login.confirm, from: login.sender)
        try await test.deliver(Body.change(Body.messages(tap) + #","x\ud83d":{"\udc00":1}"#))
        #expect(try await test.state(of: login) == .confirmed)
    }

    @Test func `an unknown field may be nested deeply`() async throws {
        let test = try await TestApp()
        let login = try await test.start()
        let tap = Body.tap(login.confirm, from: login.sender)
        let body = Body.change(Body.messages(tap))
        try await test.deliver(#"{"novelty":\#(Body.nested(63)),"# + body.dropFirst())
        #expect(try await test.state(of: login) == .confirmed)
    }

    @Test func `a delivery has as many values as fit into it`() async throws {
        let test = try await TestApp()
        let zeros = "[0" + String(repeating: ",0", count: WebhookEndpoint.bodyLimit / 2 - 2) + "]"
        #expect(zeros.utf8.count == WebhookEndpoint.bodyLimit - 1)
        try await test.deliver(zeros)
    }
}
