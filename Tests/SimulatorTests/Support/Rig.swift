import Loop
import OTPless
import TestSupport
import WhatsAppSimulator
import Wire

/// A simulator on a port of its own and the server that takes its webhooks.
struct Rig {
    static let token = "EAAtest-access-token"
    static let appSecret = "test-app-secret"
    static let phoneNumberID = "106540352242922"
    static let path = "/v26.0/\(phoneNumberID)/messages"

    /// Shared by all tests and never stopped.
    private static let loops = Result { try LoopGroup(count: 1) }

    let simulator: Simulator
    let receiver: Receiver
    let port: UInt16

    /// Runs a test, and cleans up behind it.
    static func run(
        refusing refusals: [Int] = [], clock: any WallClock = SystemClock(),
        templates: [Simulator.Template] = [], webhookURL: String? = nil,
        _ test: (Rig) async throws -> Void
    ) async throws {
        let loops = try loops.get().loops
        var clients: [SourceID] = []
        for loop in loops { clients.append(try await HTTPClient.make(on: loop)) }
        let receiver = try await Receiver(refusing: refusals, on: loops)
        var settings = Simulator.Settings(
            accessToken: Secret(token), appSecret: Secret(appSecret),
            webhookURL: webhookURL ?? receiver.url,
            loginURL: "http://127.0.0.1/")
        settings.templates = templates
        let simulator = Simulator(settings, clients: clients, clock: clock)
        let server = try await Server(.loopback, router: simulator.routes, on: loops)
        let rig = Rig(simulator: simulator, receiver: receiver, port: server.addresses[0].port)
        do { try await test(rig) } catch {
            await rig.stop(server)
            throw error
        }
        await rig.stop(server)
    }

    private func stop(_ server: Server) async {
        simulator.stop()
        await server.drain(within: .zero)
        await receiver.stop()
    }

    /// Does something with each phone, with many of them at a time.
    static func each(
        _ phones: [String], _ work: @escaping @Sendable (String) async throws -> Void
    ) async throws {
        let lanes = 50
        try await withThrowingTaskGroup { group in
            for lane in 0..<lanes {
                group.addTask {
                    for index in stride(from: lane, to: phones.count, by: lanes) {
                        try await work(phones[index])
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    // MARK: The business

    /// Sends a message through the Cloud API.
    func post(_ body: String, patience: Duration = .seconds(30)) async throws -> Reply {
        try await exchange(
            "POST", Self.path, body,
            headers: ["Authorization: Bearer \(Self.token)", "Content-Type: application/json"],
            port: port, patience: patience)
    }

    /// Sends a text.
    func sendText(
        _ text: String = "Hello", to phone: String = "16505550142",
        patience: Duration = .seconds(30)
    ) async throws -> Reply {
        try await post(
            #"{"messaging_product":"whatsapp","to":"+\#(phone)","type":"text","#
                + #""biz_opaque_callback_data":"login-1","text":{"body":"\#(text)"}}"#,
            patience: patience)
    }

    /// Sends a text to each of these phones, one after the other, and returns the answers' statuses.
    func sendTexts(to phones: String...) async throws -> [Int] {
        var statuses: [Int] = []
        for phone in phones { statuses.append(try await sendText(to: phone).status) }
        return statuses
    }

    /// Sends the login template; by default everything in it is as it should be.
    func sendTemplate(
        _ name: String = "login_confirm", language: String = #""code":"en_US""#,
        body: [String] = ["Acme", "Firefox on Linux", "09:30 UTC"],
        buttons: [(index: String, payload: String)] = [("0", "yes-1"), ("1", "no-1")],
        to phone: String = "16505550142"
    ) async throws -> Reply {
        let texts = body.map { #"{"type":"text","text":"\#($0)"}"# }.joined(separator: ",")
        let replies = buttons.map { button in
            #",{"type":"button","sub_type":"quick_reply","index":"\#(button.index)","#
                + #""parameters":[{"type":"payload","payload":"\#(button.payload)"}]}"#
        }
        return try await post(
            #"{"messaging_product":"whatsapp","recipient_type":"individual","to":"+\#(phone)","#
                + #""biz_opaque_callback_data":"login-1","type":"template","template":{"#
                + #""name":"\#(name)","language":{\#(language)},"components":["#
                + #"{"type":"body","parameters":[\#(texts)]}\#(replies.joined())]}}"#)
    }

    /// Sends a message with two reply buttons and returns its id.
    func sendButtons(to phone: String = "16505550142") async throws -> String {
        let reply = try await post(
            #"{"messaging_product":"whatsapp","to":"+\#(phone)","type":"interactive","#
                + #""interactive":{"type":"button","body":{"text":"Sign in?"},"action":{"buttons":["#
                + #"{"type":"reply","reply":{"id":"yes","title":"Confirm"}},"#
                + #"{"type":"reply","reply":{"id":"no","title":"Deny"}}]}}}"#)
        guard let id = reply.json?.at("messages", "id")?.string else {
            throw Fault("not sent: \(reply.text)")
        }
        return id
    }

    // MARK: The phone

    /// What the phone does: `tap`, `text`, `read` and so on.
    @discardableResult
    func phone(_ action: String, _ fields: String) async throws -> Reply {
        let reply = try await exchange("POST", "/simulator/\(action)", fields, port: port)
        guard reply.status == 200 else { throw Fault("\(action): \(reply.text)") }
        return reply
    }

    /// The messages in a phone's chat.
    func chat(_ phone: String = "16505550142") async throws -> [JSONValue] {
        let state = try await exchange("GET", "/simulator/state?phone=\(phone)", port: port)
        return state.json?.at("chats", "messages").map { Array($0.elements) } ?? []
    }

    /// The state as soon as it is as expected; a page waits for it in the same way.
    func state(when isExpected: (JSONValue) -> Bool) async throws -> JSONValue {
        var path = "/simulator/state"
        while true {
            let reply = try await exchange("GET", path, port: port)
            guard let state = reply.json, let version = state["version"]?.integer else {
                throw Fault("no state: \(reply.text)")
            }
            if isExpected(state) { return state }
            path = "/simulator/state?after=\(version)"
        }
    }

    /// The last message on a phone as soon as it is as expected.
    func message(when isExpected: (JSONValue) -> Bool) async throws -> JSONValue {
        let last = { (state: JSONValue) in
            (state.at("chats", "messages") ?? state).elements.reduce(nil) { $1 }
        }
        let state = try await state { last($0).map(isExpected) == true }
        return last(state) ?? state
    }

    // MARK: The faults

    /// Sets the faults by HTTP.
    func put(_ faults: String) async throws -> Reply {
        try await exchange("PUT", "/simulator/faults", faults, port: port)
    }
}
