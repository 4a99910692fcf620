import Loop
import OTPless
import Wire

/// The page that is the phone, and what it calls.
struct PhonePage {
    private let simulator: Simulator

    init(_ simulator: Simulator) {
        self.simulator = simulator
    }

    /// All chats; with `after` once they have changed from that version.
    func state(_ request: Request) -> Reply {
        let after = request.queryItem("after").flatMap { Int($0) }
        return .later { [simulator] loop in
            if let after { await simulator.waitForChange(after: after, on: loop) }
            return Response(
                status: 200, contentType: "application/json; charset=utf-8",
                headers: [("Cache-Control", "no-store")], body: Self.state(of: simulator))
        }
    }

    /// Taps a button of a message.
    func tap(_ request: Request) -> Reply {
        answer(request) { fields, loop throws(Failure) in
            let phone = try fields.required("phone")
            let message = try fields.required("messageId")
            let button = try fields.required("buttonId")
            let tapped = simulator.change { $0.tap(button, of: message, on: phone) }
            guard let tapped else {
                throw Failure(.notFound, details: "There is no such button left to tap")
            }
            report(from: phone, on: loop) { [$0.tap(tapped, of: message)] }
        }
    }

    /// Sends a typed message to the business.
    func text(_ request: Request) -> Reply {
        answer(request) { fields, loop throws(Failure) in
            let text = try fields.required("text")
            guard let phone = PhoneNumber(waID: try fields.required("phone")) else {
                throw Failure(.invalidPhoneNumber, field: "phone")
            }
            let bubble = SimulatedPhones.Message(
                id: simulator.makeMessageID(), direction: .outgoing,
                time: simulator.clock.now.seconds, header: nil, body: text, footer: nil,
                buttons: [],
                callbackData: nil)
            simulator.change { $0.add(bubble, to: phone.digits) }
            report(from: phone.digits, on: loop) { [$0.text(text)] }
        }
    }

    /// The chat is on the screen: its messages are read.
    func read(_ request: Request) -> Reply {
        answer(request) { fields, loop throws(Failure) in
            let phone = try fields.required("phone")
            let messages = simulator.change { $0.read(phone) }
            report(from: phone, on: loop) { writer in
                messages.map { message in
                    writer.status(
                        .read, of: .init(id: message.id, callbackData: message.callbackData))
                }
            }
        }
    }

    private func report(
        from phone: String, on loop: isolated EventLoop,
        _ updates: (UpdateWriter) -> [WebhookUpdate]
    ) {
        let faults = simulator.faults[phone]
        simulator.report(updates(UpdateWriter(simulator, phone: phone, faults)), faults, on: loop)
    }

    private func answer(
        _ request: Request,
        _ work: @escaping @Sendable (PhoneFields, isolated EventLoop) throws(Failure) -> Void
    ) -> Reply {
        .later { loop in
            do throws(Failure) {
                try work(try PhoneFields(request), loop)
                return PhonePage.response(Envelope(200, "Done"))
            } catch {
                return PhonePage.response(Envelope(error))
            }
        }
    }

    private static func response(_ envelope: Envelope) -> Response {
        Response(
            status: envelope.status, contentType: "application/json; charset=utf-8",
            body: envelope.body)
    }

    // MARK: State

    private static func state(of simulator: Simulator) -> [UInt8] {
        let phones = simulator.look { $0 }
        var writer = JSONWriter(reserving: 4096)
        writer.object { writer in
            writer.member("businessName", simulator.settings.businessName)
            writer.member("businessNumber", simulator.settings.businessNumber)
            writer.member("loginURL", simulator.settings.loginURL)
            writer.member("version", phones.version)
            writer.objects("chats", phones.chats) { write($0, to: &$1) }
        }
        return writer.bytes
    }

    private static func write(_ chat: SimulatedPhones.Chat, to writer: inout JSONWriter) {
        writer.member("phone", chat.phone)
        writer.objects("messages", chat.messages) { write($0, to: &$1) }
    }

    private static func write(_ message: SimulatedPhones.Message, to writer: inout JSONWriter) {
        writer.member("id", message.id)
        writer.member("direction", message.direction.rawValue)
        writer.member("time", message.time)
        writer.member("kind", message.buttons.isEmpty ? "text" : "buttons")
        writer.member("header", message.header)
        writer.member("body", message.body)
        writer.member("footer", message.footer)
        writer.objects("buttons", message.buttons) { button, writer in
            writer.member("id", button.id)
            writer.member("title", button.title)
        }
        writer.member("answered", message.answered)
        writer.member("status", message.isRead ? "read" : "delivered")
    }
}

/// The JSON object that the page posts.
private struct PhoneFields {
    private let root: JSONValue

    init(_ request: Request) throws(Failure) {
        guard let document = try? JSONDocument(request.body), document.root.kind == .object else {
            throw Failure(.invalidJSON)
        }
        root = document.root
    }

    func required(_ name: String) throws(Failure) -> String {
        guard let text = root[name]?.string, !text.isEmpty else {
            throw Failure(.missingParameters, field: name, details: "\(name) is required")
        }
        return text
    }
}
