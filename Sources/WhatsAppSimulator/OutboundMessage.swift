import OTPless

/// A message that a business sends, checked as the Cloud API checks it.
///
/// Source: facebook/openapi, business-messaging-api; limits from "Interactive reply buttons messages".
struct OutboundMessage {
    let recipient: String
    let header: String?
    let body: String
    let footer: String?
    let buttons: [SimulatedPhones.Message.Button]
    let callbackData: String?

    init(_ root: JSONValue, businessNumber: String) throws(GraphError) {
        guard root["messaging_product"]?.equals("whatsapp") == true else {
            throw .invalidParameter("messaging_product must be whatsapp")
        }
        guard let recipient = root["to"]?.string else { throw .missingParameter("to") }
        self.recipient = try Self.digits(of: recipient, businessNumber: businessNumber)
        callbackData = root["biz_opaque_callback_data"]?.string
        guard (callbackData?.count ?? 0) <= 512 else {
            throw .badValue("biz_opaque_callback_data is longer than 512 characters")
        }
        switch root["type"]?.string ?? "text" {
        case "text":
            header = nil
            body = try Self.text(root["text"]?["body"], "text.body", atMost: 4096)
            footer = nil
            buttons = []
        case "interactive":
            guard let interactive = root["interactive"] else {
                throw .missingParameter("interactive")
            }
            guard interactive["type"]?.equals("button") == true else { throw .unsupportedType }
            header = try interactive["header"].map { header throws(GraphError) in
                try Self.text(header["text"], "interactive.header.text", atMost: 60)
            }
            body = try Self.text(
                interactive["body"]?["text"], "interactive.body.text", atMost: 1024)
            footer = try interactive["footer"].map { footer throws(GraphError) in
                try Self.text(footer["text"], "interactive.footer.text", atMost: 60)
            }
            buttons = try Self.buttons(interactive["action"]?["buttons"])
        case "template": throw .noTemplate
        default: throw .unsupportedType
        }
    }

    /// Meta reads a number without `+` as one of the business's own country: written so, it would
    /// reach a stranger, so the simulator insists on the plus.
    private static func digits(of text: String, businessNumber: String) throws(GraphError) -> String
    {
        guard text.hasPrefix("+"), let phone = PhoneNumber(text) else {
            throw .badValue("to is not a phone number with + and country code")
        }
        guard phone.digits != businessNumber else { throw .toOneself }
        return phone.digits
    }

    private static func text(
        _ value: JSONValue?, _ name: String, atMost limit: Int
    ) throws(GraphError) -> String {
        guard let text = value?.string, !text.isEmpty else { throw .missingParameter(name) }
        guard text.utf16.count <= limit else {
            throw .badValue("\(name) is longer than \(limit) characters")
        }
        return text
    }

    private static func buttons(
        _ value: JSONValue?
    ) throws(GraphError) -> [SimulatedPhones.Message.Button] {
        var buttons: [SimulatedPhones.Message.Button] = []
        guard let value else { throw .missingParameter("interactive.action.buttons") }
        for element in value.elements {
            let id = try text(element["reply"]?["id"], "button id", atMost: 256)
            let title = try text(element["reply"]?["title"], "button title", atMost: 20)
            guard !id.hasPrefix(" "), !id.hasSuffix(" ") else {
                throw .badValue("button id has a space at an end")
            }
            buttons.append(SimulatedPhones.Message.Button(id: id, title: title))
        }
        guard 1...3 ~= buttons.count else { throw .badValue("a message has 1 to 3 buttons") }
        guard Set(buttons.map(\.id)).count == buttons.count,
            Set(buttons.map(\.title)).count == buttons.count
        else { throw .badValue("button ids and titles must be unique") }
        return buttons
    }
}
