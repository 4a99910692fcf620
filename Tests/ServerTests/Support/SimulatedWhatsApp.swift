import Loop
import OTPless
import TestSupport
import WhatsAppSimulator
import Wire

/// WhatsApp within the test process: a Cloud API for the server, phones to tap on for the test.
final class SimulatedWhatsApp: Sendable {
    static let businessNumber = "+15550783881"
    static let numberID = "106540352242922"
    static let accessToken = "EAAtest-access-token"
    static let appSecret = "test-app-secret"

    /// Shared by all tests and never stopped; each simulator has a port of its own.
    private static let loops = Result { try LoopGroup(count: 1) }

    /// What the server may send outside the 24 h window.
    static let templates =
        ["en", "de"].map { language in
            Simulator.Template(
                name: "login_confirm", language: language,
                body: "[\(language)] {{1}}; {{2}}; {{3}}.", quickReplies: ["Confirm", "Deny"])
        } + [
            Simulator.Template(
                name: "login_match", language: "en", body: "[number] {{1}}; {{2}}; {{3}}.",
                quickReplies: ["Deny"])
        ]

    private let server: Server

    /// Misbehaves on demand.
    let simulator: Simulator

    var port: UInt16 { server.addresses[0].port }

    /// A simulator that posts its webhooks to a port.
    init(webhookPort: UInt16) async throws {
        let loops = try Self.loops.get().loops
        var clients: [SourceID] = []
        for loop in loops { clients.append(try await HTTPClient.make(on: loop)) }
        let url = "http://127.0.0.1:\(webhookPort)"
        var settings = Simulator.Settings(
            accessToken: Secret(Self.accessToken), appSecret: Secret(Self.appSecret),
            webhookURL: url + "/api/webhook", loginURL: url + "/")
        settings.templates = Self.templates
        simulator = Simulator(settings, clients: clients)
        guard let address = SocketAddress("127.0.0.1:0") else { throw Fault("no address") }
        let configuration = Server.Configuration(addresses: [address]) { status in
            Response(status: status)
        }
        server = try await Server(configuration, router: simulator.routes, on: loops)
    }

    func stop() async { await server.drain(within: .zero) }

    /// A phone, by its digits.
    func phone(_ digits: String) -> Phone { Phone(port: port, digits: digits) }
}

/// A phone that got a message, used through the simulator's own API.
struct Phone {
    /// A message with buttons, as it lies on the phone.
    struct Prompt {
        let id: String
        let text: String
        let confirm: String
        let deny: String
    }

    /// The port of the simulator.
    let port: UInt16
    let digits: String

    var e164: String { "+" + digits }

    /// The latest message with buttons.
    func prompt() throws -> Prompt {
        let state = try exchange(HTTPRequest(method: "GET", path: "/simulator/state"), port: port)
        let chat = state.json["chats"].list.first { $0["phone"].text == digits }
        let messages = chat?["messages"].list.filter { $0["buttons"].list.count == 2 }
        guard let message = messages?.last, let id = message["id"].text,
            let text = message["body"].text,
            let confirm = message["buttons"].list[0]["id"].text,
            let deny = message["buttons"].list[1]["id"].text
        else { throw Fault("no prompt on \(digits) in \(state)") }
        return Prompt(id: id, text: text, confirm: confirm, deny: deny)
    }

    /// The latest message with a single button: a number is asked for, or the phone's own.
    func question() throws -> (id: String, text: String, button: String) {
        let state = try exchange(HTTPRequest(method: "GET", path: "/simulator/state"), port: port)
        let chat = state.json["chats"].list.first { $0["phone"].text == digits }
        let messages = chat?["messages"].list.filter { $0["buttons"].list.count == 1 }
        guard let message = messages?.last, let id = message["id"].text,
            let text = message["body"].text, let button = message["buttons"].list[0]["id"].text
        else { throw Fault("no question on \(digits) in \(state)") }
        return (id, text, button)
    }

    /// Taps the button of that message.
    func answerQuestion() throws {
        let question = try question()
        try act("tap", #""messageId":"\#(question.id)","buttonId":"\#(question.button)""#)
    }

    /// Sends the card of somebody else.
    func sendCard(of number: String) throws { try act("card", #""number":"\#(number)""#) }

    func tapConfirm() throws { try tap(try prompt(), \.confirm) }

    func tapDeny() throws { try tap(try prompt(), \.deny) }

    private func tap(_ prompt: Prompt, _ button: KeyPath<Prompt, String>) throws {
        try act(
            "tap", #""messageId":"\#(prompt.id)","buttonId":"\#(prompt[keyPath: button])""#)
    }

    /// Types a message to the business.
    func type(_ text: String) throws { try act("text", #""text":"\#(text)""#) }

    private func act(_ name: String, _ fields: String) throws {
        let body = #"{"phone":"\#(digits)",\#(fields)}"#
        let reply = try exchange(
            HTTPRequest(
                method: "POST", path: "/simulator/\(name)",
                headers: [("Content-Type", "application/json")], body: Array(body.utf8)),
            port: port)
        guard reply.status == 200 else { throw Fault("\(name): \(reply)") }
    }
}
