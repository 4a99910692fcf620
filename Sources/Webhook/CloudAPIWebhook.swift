import OTPless

/// What a Cloud API webhook holds that matters to logins.
///
/// Decoding is tolerant element by element: Meta adds fields and kinds without notice, and a server
/// that refuses one message loses the others of its batch.
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp/webhooks.
struct CloudAPIWebhook {
    private(set) var answers: [Answer] = []
    private(set) var reports: [DeliveryReport] = []

    /// Reads `entry[].changes[].value` of the messages of one sending number; others are not ours.
    init(_ root: JSONValue, phoneNumberID: String) {
        guard root["object"]?.equals("whatsapp_business_account") == true else { return }
        for entry in members("entry", of: root) {
            for change in members("changes", of: entry) {
                guard change["field"]?.equals("messages") == true, let value = change["value"],
                    value["metadata"]?["phone_number_id"]?.equals(phoneNumberID) == true
                else { continue }
                answers += members("messages", of: value).compactMap(Self.answer)
                reports += members("statuses", of: value).compactMap(Self.report)
            }
        }
    }

    private func members(_ name: String, of value: JSONValue) -> JSONValue.Elements {
        (value[name] ?? value).elements
    }

    /// A tap on one of our buttons; whatever else was sent answers nothing.
    private static func answer(_ message: JSONValue) -> Answer? {
        guard let id = message["id"]?.string, let sender = message["from"]?.string,
            message["group_id"] == nil, !isForwarded(message),
            let payload = payload(of: message).flatMap({ AnswerPayload($0) })
        else { return nil }
        return Answer(
            messageID: id, sender: sender, payload: payload,
            quotedMessageID: message["context"]?["id"]?.string)
    }

    /// The payload of a reply button (`interactive`) or of a template's quick reply (`button`).
    private static func payload(of message: JSONValue) -> String? {
        guard let type = message["type"] else { return nil }
        if type.equals("button") { return message["button"]?["payload"]?.string }
        guard type.equals("interactive"), let interactive = message["interactive"],
            interactive["type"]?.equals("button_reply") == true
        else { return nil }
        return interactive["button_reply"]?["id"]?.string
    }

    private static func isForwarded(_ message: JSONValue) -> Bool {
        let context = message["context"]
        return context?["forwarded"]?.bool == true || context?["frequently_forwarded"]?.bool == true
    }

    /// A status of a message that we sent.
    private static func report(_ status: JSONValue) -> DeliveryReport? {
        guard let id = status["id"]?.string, let word = status["status"]?.string,
            let progress = progress(word)
        else { return nil }
        let login = status["biz_opaque_callback_data"]?.string.flatMap { LoginID($0) }
        return DeliveryReport(messageID: id, login: login, progress: progress)
    }

    private static func progress(_ word: String) -> DeliveryReport.Progress? {
        switch word {
        case "sent": .reached(.sent)
        case "delivered": .reached(.delivered)
        case "read": .reached(.read)
        case "failed": .failed
        default: nil
        }
    }
}
