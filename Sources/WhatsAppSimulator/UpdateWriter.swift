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
    let phone: String
    let faults: PhoneFaults
    /// The id of what the person says.
    private let messageID: String?

    init(
        _ simulator: Simulator, phone: String, _ faults: PhoneFaults, messageID: String? = nil
    ) {
        self.simulator = simulator
        self.phone = phone
        self.faults = faults
        self.messageID = messageID
    }

    private var userID: String { Contact.userID(of: phone) }

    /// The number, if the person shows it.
    private var waID: String? { faults.hidesNumber ? nil : phone }

    // MARK: Statuses

    /// A step of a message on its way.
    func status(_ status: DeliveryStatus, of message: Sent) -> WebhookUpdate {
        update(.status(status), Contact(waID: waID, userID: userID)) { writer in
            progress(status, of: message, waID, &writer)
            writer.member("recipient_user_id", userID)
            guard status == .sent else { return }
            writer.object("pricing") { writer in
                writer.member("billable", true)
                writer.member("pricing_model", "PMP")
                writer.member("type", "regular")
                writer.member("category", message.isTemplate ? "utility" : "service")
            }
        }
    }

    /// A message was taken and cannot be delivered: there is nobody who could have a user id.
    ///
    /// Source: webhooks quoted in pywa's issues 220 and 227.
    func failure(_ error: GraphError, of message: Sent) -> WebhookUpdate {
        update(.status(.failed), Contact(waID: phone)) { writer in
            progress(.failed, of: message, phone, &writer)
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
        _ status: DeliveryStatus, of message: Sent, _ recipient: String?,
        _ writer: inout JSONWriter
    ) {
        writer.member("id", message.id)
        writer.member("status", status.rawValue)
        writer.member("timestamp", timestamp)
        if let recipient { writer.member("recipient_id", recipient) }
        if let data = message.callbackData { writer.member("biz_opaque_callback_data", data) }
    }

    // MARK: Messages

    /// A message of the person.
    func message(_ content: (inout JSONWriter) -> Void) -> WebhookUpdate {
        let contact = Contact(name: "Simulated Phone", waID: waID, userID: userID)
        return update(.message, contact) { writer in
            origin(&writer)
            content(&writer)
        }
    }

    /// What WhatsApp itself says about the person: there are no contacts beside it.
    func notice(_ content: (inout JSONWriter) -> Void) -> WebhookUpdate {
        update(.message, nil) { writer in
            origin(&writer)
            content(&writer)
        }
    }

    private func origin(_ writer: inout JSONWriter) {
        if let waID { writer.member("from", waID) }
        writer.member("from_user_id", userID)
        writer.member("id", messageID ?? simulator.makeMessageID())
        writer.member("timestamp", timestamp)
    }

    private func update(
        _ kind: WebhookUpdate.Kind, _ contact: Contact?, _ content: (inout JSONWriter) -> Void
    ) -> WebhookUpdate {
        var writer = JSONWriter(reserving: 512, asciiOnly: true)
        writer.object(content)
        return WebhookUpdate(
            kind: kind, contact: faults.omitsContacts ? nil : contact, json: writer.bytes,
            message: messageID.map { SimulatedPhones.MessageName(phone: phone, id: $0) })
    }

    private var timestamp: String { String(simulator.clock.now.seconds) }
}
