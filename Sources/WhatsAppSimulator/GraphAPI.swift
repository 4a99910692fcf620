import Loop
import OTPless
import Wire

/// `POST /{version}/{phone-number-id}/messages`, as Meta answers it.
struct GraphAPI {
    private let simulator: Simulator

    init(_ simulator: Simulator) {
        self.simulator = simulator
    }

    func send(_ request: Request) -> Reply {
        do throws(GraphError) {
            return try accept(request)
        } catch {
            let trace = Base64URL.encode(simulator.entropy.bytes(9))
            return .now(Self.json(status: error.status, error.body(trace: trace)))
        }
    }

    private func accept(_ request: Request) throws(GraphError) -> Reply {
        let expected = "Bearer \(simulator.settings.accessToken.text)"
        guard request.headers["authorization"] == expected else { throw .badToken }
        let number = request.parameters.first { $0.name == "phoneNumberID" }?.value ?? ""
        guard number == simulator.settings.phoneNumberID else { throw .unknownNumber(number) }
        guard let root = try? JSONDocument(request.body).root, root.kind == .object else {
            throw .invalidParameter("The request body is not a JSON object")
        }
        if root["status"]?.equals("read") == true {
            return .now(Self.json(status: 200, Array(#"{"success":true}"#.utf8)))
        }
        let message = try OutboundMessage(root, businessNumber: simulator.settings.businessNumber)
        let id = show(message)
        return .later { [self] loop in
            reportProgress(of: message, id, on: loop)
            return Self.json(status: 200, Self.acceptance(of: message, id))
        }
    }

    /// Puts the message on the phone.
    private func show(_ message: OutboundMessage) -> String {
        let id = simulator.makeMessageID()
        let bubble = SimulatedPhones.Message(
            id: id, direction: .incoming, time: simulator.clock.now.seconds, header: message.header,
            body: message.body, footer: message.footer, buttons: message.buttons,
            callbackData: message.callbackData)
        simulator.change { $0.add(bubble, to: message.recipient) }
        return id
    }

    /// The phone is on and in reach: sent and delivered follow at once.
    private func reportProgress(
        of message: OutboundMessage, _ id: String, on loop: isolated EventLoop
    ) {
        for status in ["sent", "delivered"] {
            let webhook = MetaWebhook(simulator).status(
                status, of: id, callbackData: message.callbackData, recipient: message.recipient)
            simulator.deliver(webhook, on: loop)
        }
    }

    private static func acceptance(of message: OutboundMessage, _ id: String) -> [UInt8] {
        var writer = JSONWriter(asciiOnly: true)
        writer.object { writer in
            writer.member("messaging_product", "whatsapp")
            writer.objects("contacts", [message.recipient]) { recipient, writer in
                writer.member("input", "+" + recipient)
                writer.member("wa_id", recipient)
            }
            writer.objects("messages", [id]) { id, writer in writer.member("id", id) }
        }
        return writer.bytes
    }

    private static func json(status: Int, _ body: [UInt8]) -> Response {
        Response(status: status, contentType: "application/json; charset=UTF-8", body: body)
    }
}
