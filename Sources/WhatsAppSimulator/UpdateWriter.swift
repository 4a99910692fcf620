import OTPless

/// Writes what WhatsApp tells the business about one phone.
struct UpdateWriter {
    /// A message of the business, as its statuses name it.
    struct Sent {
        let id: String
        let callbackData: String?
        let isTemplate: Bool
    }

    let simulator: Simulator
    let contact: Contact
    let omitsContext: Bool

    init(_ simulator: Simulator, phone: String, _ faults: PhoneFaults) {
        self.simulator = simulator
        contact = Contact(phone: phone, hidesNumber: faults.hidesNumber)
        omitsContext = faults.omitsContext
    }

    /// A step of a message on its way.
    func status(_ status: DeliveryStatus, of message: Sent) -> WebhookUpdate {
        update(.status(status), contact) { writer in
            progress(status, of: message, &writer)
            writer.member("recipient_user_id", contact.userID)
            guard status == .sent else { return }
            writer.object("pricing") { writer in
                writer.member("billable", true)
                writer.member("pricing_model", "PMP")
                writer.member("type", "regular")
                writer.member("category", message.isTemplate ? "utility" : "service")
            }
        }
    }

    /// A message was taken and cannot be delivered; such a status has neither contact nor user id.
    func failure(_ error: GraphError, of message: Sent) -> WebhookUpdate {
        update(.status(.failed), nil) { writer in
            progress(.failed, of: message, &writer)
            writer.objects("errors", [error]) { error, writer in
                writer.member("code", error.code)
                writer.member("title", error.title)
                writer.member("message", error.title)
                writer.object("error_data") { $0.member("details", error.details) }
                writer.member("href", GraphError.href)
            }
        }
    }

    private func progress(
        _ status: DeliveryStatus, of message: Sent, _ writer: inout JSONWriter
    ) {
        writer.member("id", message.id)
        writer.member("status", status.rawValue)
        writer.member("timestamp", timestamp)
        if !contact.hidesNumber { writer.member("recipient_id", contact.phone) }
        if let data = message.callbackData { writer.member("biz_opaque_callback_data", data) }
    }

    /// A message of the person; `contact` is nil for those that have no contacts beside them.
    func message(
        _ contact: Contact?, _ content: (inout JSONWriter) -> Void
    ) -> WebhookUpdate {
        update(.message, contact) { writer in
            if !self.contact.hidesNumber { writer.member("from", self.contact.phone) }
            writer.member("from_user_id", self.contact.userID)
            writer.member("id", simulator.makeMessageID())
            writer.member("timestamp", timestamp)
            content(&writer)
        }
    }

    private func update(
        _ kind: WebhookUpdate.Kind, _ contact: Contact?, _ content: (inout JSONWriter) -> Void
    ) -> WebhookUpdate {
        var writer = JSONWriter(reserving: 512, asciiOnly: true)
        writer.object(content)
        return WebhookUpdate(kind: kind, contact: contact, json: writer.bytes)
    }

    private var timestamp: String { String(simulator.clock.now.seconds) }
}
