import OTPless

/// Writes what WhatsApp tells the business about one phone.
struct UpdateWriter {
    /// A message of the business, as its statuses name it.
    struct Sent {
        let id: String
        let callbackData: String?
    }

    private let simulator: Simulator
    private let contact: Contact
    private let faults: PhoneFaults

    init(_ simulator: Simulator, phone: String, _ faults: PhoneFaults) {
        self.simulator = simulator
        self.faults = faults
        contact = Contact(phone: phone, hidesNumber: faults.hidesNumber)
    }

    // MARK: Statuses

    /// A step of a message on its way.
    func status(_ status: DeliveryStatus, of message: Sent) -> WebhookUpdate {
        update(.status(status), contact) { writer in
            progress(status, of: message, &writer)
            writer.member("recipient_user_id", contact.userID)
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

    // MARK: Messages

    /// A tap on a reply button.
    func tap(
        _ button: SimulatedPhones.Message.Button, of messageID: String
    ) -> WebhookUpdate {
        message { writer in
            context(messageID, &writer)
            writer.member("type", "interactive")
            writer.object("interactive") { writer in
                writer.member("type", "button_reply")
                writer.object("button_reply") { writer in
                    writer.member("id", button.id)
                    writer.member("title", button.title)
                }
            }
        }
    }

    /// A text that a person typed.
    func text(_ text: String) -> WebhookUpdate {
        message { writer in
            writer.member("type", "text")
            writer.object("text") { $0.member("body", text) }
        }
    }

    private func message(_ content: (inout JSONWriter) -> Void) -> WebhookUpdate {
        update(.message, contact) { writer in
            if !contact.hidesNumber { writer.member("from", contact.phone) }
            writer.member("from_user_id", contact.userID)
            writer.member("id", simulator.makeMessageID())
            writer.member("timestamp", timestamp)
            content(&writer)
        }
    }

    private func context(_ messageID: String, _ writer: inout JSONWriter) {
        writer.object("context") { writer in
            writer.member("from", simulator.settings.businessNumber)
            writer.member("id", messageID)
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
