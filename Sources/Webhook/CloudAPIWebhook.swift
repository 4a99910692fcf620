package import OTPless

/// What a Cloud API webhook holds that matters to logins.
///
/// Decoding is tolerant element by element: Meta adds fields and kinds without notice, and a server
/// that refuses one message loses the others of its batch.
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp/webhooks.
package struct CloudAPIWebhook {
    package private(set) var messages: [InboundMessage] = []
    package private(set) var reports: [DeliveryReport] = []
    /// Of another sending number.
    private(set) var foreign = 0
    /// Of a shape that is not known.
    private(set) var unknown = 0

    /// Reads `entry[].changes[].value` of the messages of one sending number; others are not ours.
    package init(_ root: JSONValue, phoneNumberID: String) {
        guard root["object"]?.equals("whatsapp_business_account") == true else {
            unknown = 1
            return
        }
        for entry in members("entry", of: root) {
            for change in members("changes", of: entry) {
                guard change["field"]?.equals("messages") == true, let value = change["value"]
                else {
                    unknown += 1
                    continue
                }
                guard value["metadata"]?["phone_number_id"]?.equals(phoneNumberID) == true else {
                    foreign += 1
                    continue
                }
                read(value)
            }
        }
        if messages.isEmpty, reports.isEmpty, foreign == 0 { unknown = max(1, unknown) }
    }

    private mutating func read(_ value: JSONValue) {
        let contacts = CloudAPIContacts(value["contacts"])
        for element in members("messages", of: value) {
            if let message = Self.message(element, contacts) {
                messages.append(message)
            } else {
                unknown += 1
            }
        }
        for element in members("statuses", of: value) {
            if let report = Self.report(element) { reports.append(report) } else { unknown += 1 }
        }
    }

    private func members(_ name: String, of value: JSONValue) -> JSONValue.Elements {
        (value[name] ?? value).elements
    }

    /// A message that a person sent, or what WhatsApp says about the person; what groups say is
    /// nobody's answer.
    private static func message(
        _ message: JSONValue, _ contacts: CloudAPIContacts
    ) -> InboundMessage? {
        guard let id = message["id"]?.string, message["group_id"] == nil,
            let sender = contacts.sender(of: message), let content = content(of: message)
        else { return nil }
        return InboundMessage(
            id: id, sender: sender, sentAt: time(message["timestamp"]),
            quotedMessageID: message["context"]?["id"]?.string,
            content: isForwarded(message) ? .other : content)
    }

    /// What a message holds; nil for a kind of notice that is not known.
    private static func content(of message: JSONValue) -> InboundMessage.Content? {
        switch message["type"]?.string {
        case "text": message["text"]?["body"]?.string.map { .text($0) } ?? .other
        case "contacts": contact(message)
        case "system": notice(message["system"])
        default: payload(of: message).flatMap { AnswerPayload($0) }.map { .button($0) } ?? .other
        }
    }

    /// What WhatsApp says about a number; the older names are still to be met.
    private static func notice(_ system: JSONValue?) -> InboundMessage.Content? {
        switch system?["type"]?.string {
        case "user_changed_number", "customer_changed_number": .numberChanged
        case "user_changed_user_id": .userIDChanged
        case "customer_identity_changed", "user_identity_changed": .identityChanged
        default: nil
        }
    }

    /// Cards with phone numbers: the sender's own if the business has asked for it, else anybody's.
    private static func contact(_ message: JSONValue) -> InboundMessage.Content {
        let cards = message["contacts"].map { Array($0.elements) } ?? []
        let phones = cards.flatMap { $0["phones"].map { Array($0.elements) } ?? [] }
            .compactMap { phone -> PhoneNumber? in
                phone["wa_id"]?.string.flatMap { PhoneNumber(waID: $0) }
                    ?? phone["phone"]?.string.flatMap { PhoneNumber($0) }
            }
        let isRequested =
            !cards.isEmpty && cards.allSatisfy { $0["origin"]?.equals("contact_request") == true }
        return .contact(phones, isRequested: isRequested)
    }

    /// The payload of a reply button or a list's row (`interactive`), or of a template's quick reply
    /// (`button`).
    private static func payload(of message: JSONValue) -> String? {
        guard let type = message["type"] else { return nil }
        if type.equals("button") { return message["button"]?["payload"]?.string }
        guard type.equals("interactive"), let interactive = message["interactive"] else {
            return nil
        }
        for kind in ["button_reply", "list_reply"] where interactive["type"]?.equals(kind) == true {
            return interactive[kind]?["id"]?.string
        }
        return nil
    }

    /// Seconds as text; some deliveries had milliseconds.
    private static func time(_ value: JSONValue?) -> Timestamp? {
        guard let number = value.flatMap({ $0.string.flatMap { Int64($0) } ?? $0.integer }) else {
            return nil
        }
        return number > 100_000_000_000
            ? Timestamp(milliseconds: number) : Timestamp(seconds: number)
    }

    private static func isForwarded(_ message: JSONValue) -> Bool {
        let context = message["context"]
        return context?["forwarded"]?.bool == true || context?["frequently_forwarded"]?.bool == true
    }

    /// A status of a message that we sent.
    private static func report(_ status: JSONValue) -> DeliveryReport? {
        guard let id = status["id"]?.string, let word = status["status"]?.string,
            let progress = progress(word, status)
        else { return nil }
        return DeliveryReport(
            messageID: id,
            reference: status["biz_opaque_callback_data"]?.string.flatMap { MessageReference($0) },
            sentAt: time(status["timestamp"]), recipient: recipient(of: status),
            progress: progress)
    }

    private static func recipient(of status: JSONValue) -> Sender {
        Sender(
            waID: status["recipient_id"]?.string, userID: status["recipient_user_id"]?.string,
            identityHash: status["recipient_identity_key_hash"]?.string)
    }

    private static func progress(_ word: String, _ status: JSONValue) -> DeliveryReport.Progress? {
        switch word {
        case "sent": return .reached(.sent)
        case "delivered": return .reached(.delivered)
        case "read": return .reached(.read)
        case "failed":
            var errors = (status["errors"] ?? status).elements.makeIterator()
            return .failed(SendFailure(cloudAPICode: errors.next()?["code"]?.integer))
        default: return nil
        }
    }
}
