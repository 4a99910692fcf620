import OTPless

/// A message that a business sends, checked as the Cloud API checks it.
///
/// Source: facebook/openapi, business-messaging-api; limits from "Interactive reply buttons messages".
struct OutboundMessage {
    /// What the phone shows.
    struct Content {
        var header: String?
        var body: String
        var footer: String?
        var buttons: [SimulatedPhones.Message.Button] = []
        /// Whether its button answers with the phone's own number.
        var asksForNumber = false
        /// Templates may be sent at any time, and their buttons answer in a way of their own.
        var isTemplate = false
    }

    /// The phone that gets it.
    let recipient: String
    /// How it was addressed, if not by the number.
    let userID: String?
    let content: Content
    let callbackData: String?

    init(_ root: JSONValue, _ settings: Simulator.Settings) throws(GraphError) {
        guard root["messaging_product"]?.equals("whatsapp") == true else {
            throw .invalidParameter("messaging_product must be whatsapp")
        }
        // If both are there, `to` wins.
        userID = root["to"] == nil ? root["recipient"]?.string : nil
        recipient = try Self.phone(root, settings)
        callbackData = root["biz_opaque_callback_data"]?.string
        guard (callbackData?.count ?? 0) <= 512 else {
            throw .badValue("biz_opaque_callback_data is longer than 512 characters")
        }
        switch root["type"]?.string ?? "text" {
        case "text":
            content = Content(
                body: try Self.text(root["text"]?["body"], "text.body", atMost: 4096))
        case "interactive":
            let interactive = root["interactive"]
            let isRequest = interactive?["type"]?.equals("request_contact_info") == true
            content =
                isRequest
                ? try Content(contactRequest: interactive) : try Content(interactive: interactive)
        case "template":
            content = try Content(template: root["template"], among: settings.templates)
        default: throw .unsupportedType
        }
    }

    private static func phone(
        _ root: JSONValue, _ settings: Simulator.Settings
    ) throws(GraphError) -> String {
        if let number = root["to"]?.string {
            return try digits(of: number, businessNumber: settings.businessNumber)
        }
        guard let userID = root["recipient"]?.string else { throw .missingParameter("to") }
        guard let phone = Contact.phone(ofUser: userID) else {
            throw .badValue("recipient is not a user id")
        }
        return phone
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

    static func text(
        _ value: JSONValue?, _ name: String, atMost limit: Int
    ) throws(GraphError) -> String {
        guard let text = value?.string, !text.isEmpty else { throw .missingParameter(name) }
        guard text.utf16.count <= limit else {
            throw .badValue("\(name) is longer than \(limit) characters")
        }
        return text
    }
}

extension OutboundMessage.Content {
    private typealias Button = SimulatedPhones.Message.Button

    /// A message with reply buttons.
    fileprivate init(interactive: JSONValue?) throws(GraphError) {
        guard let interactive else { throw .missingParameter("interactive") }
        guard interactive["type"]?.equals("button") == true else { throw .unsupportedType }
        header = try interactive["header"].map { header throws(GraphError) in
            try OutboundMessage.text(header["text"], "interactive.header.text", atMost: 60)
        }
        body = try OutboundMessage.text(
            interactive["body"]?["text"], "interactive.body.text", atMost: 1024)
        footer = try interactive["footer"].map { footer throws(GraphError) in
            try OutboundMessage.text(footer["text"], "interactive.footer.text", atMost: 60)
        }
        buttons = try Self.buttons(interactive["action"]?["buttons"])
    }

    /// A message that asks for the phone's own number.
    fileprivate init(contactRequest interactive: JSONValue?) throws(GraphError) {
        guard interactive?["action"]?["name"]?.equals("request_contact_info") == true else {
            throw .badValue("interactive.action.name must be request_contact_info")
        }
        body = try OutboundMessage.text(
            interactive?["body"]?["text"], "interactive.body.text", atMost: 1024)
        buttons = [Button(id: "share", title: "Share phone number")]
        asksForNumber = true
    }

    private static func buttons(_ value: JSONValue?) throws(GraphError) -> [Button] {
        var buttons: [Button] = []
        guard let value else { throw .missingParameter("interactive.action.buttons") }
        for element in value.elements {
            let id = try OutboundMessage.text(element["reply"]?["id"], "button id", atMost: 256)
            let title = try OutboundMessage.text(
                element["reply"]?["title"], "button title", atMost: 20)
            guard !id.hasPrefix(" "), !id.hasSuffix(" ") else {
                throw .badValue("button id has a space at an end")
            }
            buttons.append(Button(id: id, title: title))
        }
        guard 1...3 ~= buttons.count else { throw .badValue("a message has 1 to 3 buttons") }
        guard Set(buttons.map(\.id)).count == buttons.count,
            Set(buttons.map(\.title)).count == buttons.count
        else { throw .badValue("button ids and titles must be unique") }
        return buttons
    }
}
