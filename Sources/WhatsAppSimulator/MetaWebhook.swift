import OTPless

/// Writes webhooks as Meta does: ASCII only, `/` escaped, numbers of time as strings.
struct MetaWebhook {
    /// A message of the business, as its statuses name it.
    struct Sent {
        let id: String
        let recipient: String
        let callbackData: String?
    }

    /// The business's WhatsApp account.
    static let accountID = "102290129340398"

    private let simulator: Simulator

    init(_ simulator: Simulator) {
        self.simulator = simulator
    }

    /// A tap on a reply button.
    func buttonReply(
        _ button: SimulatedPhones.Message.Button, to messageID: String, from phone: String
    ) -> [UInt8] {
        message(from: phone) { writer in
            writer.object("context") { writer in
                writer.member("from", simulator.settings.businessNumber)
                writer.member("id", messageID)
            }
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
    func text(_ text: String, from phone: String) -> [UInt8] {
        message(from: phone) { writer in
            writer.member("type", "text")
            writer.object("text") { $0.member("body", text) }
        }
    }

    /// A step of a message on its way.
    func status(_ status: String, of message: Sent) -> [UInt8] {
        change { writer in
            contacts(message.recipient, &writer)
            writer.objects("statuses", [message]) { message, writer in
                progress(status, of: message, &writer)
                writer.member("recipient_user_id", Self.userID(of: message.recipient))
            }
        }
    }

    /// A message was taken and cannot be delivered; such a status has neither contact nor user id.
    func failure(_ error: GraphError, of message: Sent) -> [UInt8] {
        change { writer in
            writer.objects("statuses", [message]) { message, writer in
                progress("failed", of: message, &writer)
                writer.objects("errors", [error]) { error, writer in
                    writer.member("code", error.code)
                    writer.member("title", error.title)
                    writer.member("message", error.title)
                    writer.object("error_data") { $0.member("details", error.details) }
                    writer.member("href", GraphError.href)
                }
            }
        }
    }

    private func progress(_ status: String, of message: Sent, _ writer: inout JSONWriter) {
        writer.member("id", message.id)
        writer.member("status", status)
        writer.member("timestamp", String(simulator.clock.now.seconds))
        writer.member("recipient_id", message.recipient)
        if let data = message.callbackData { writer.member("biz_opaque_callback_data", data) }
    }

    private func message(
        from phone: String, _ content: (inout JSONWriter) -> Void
    ) -> [UInt8] {
        change { writer in
            contacts(phone, &writer)
            writer.objects("messages", [phone]) { phone, writer in
                writer.member("from", phone)
                writer.member("from_user_id", Self.userID(of: phone))
                writer.member("id", simulator.makeMessageID())
                writer.member("timestamp", String(simulator.clock.now.seconds))
                content(&writer)
            }
        }
    }

    private func contacts(_ phone: String, _ writer: inout JSONWriter) {
        writer.objects("contacts", [phone]) { phone, writer in
            writer.object("profile") { $0.member("name", "Simulated Phone") }
            writer.member("wa_id", phone)
            writer.member("user_id", Self.userID(of: phone))
        }
    }

    private func change(_ value: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter(reserving: 1024, asciiOnly: true)
        writer.object { writer in
            writer.member("object", "whatsapp_business_account")
            writer.objects("entry", [Self.accountID]) { account, writer in
                writer.member("id", account)
                writer.array("changes") { $0.object { entry(&$0, value) } }
            }
        }
        return writer.bytes
    }

    private func entry(_ writer: inout JSONWriter, _ value: (inout JSONWriter) -> Void) {
        writer.object("value") { writer in
            writer.member("messaging_product", "whatsapp")
            writer.object("metadata") { writer in
                writer.member("display_phone_number", simulator.settings.businessNumber)
                writer.member("phone_number_id", simulator.settings.phoneNumberID)
            }
            value(&writer)
        }
        writer.member("field", "messages")
    }

    /// A business-scoped user id: made of the number here, unrelated to it at Meta.
    private static func userID(of phone: String) -> String {
        "US." + String(phone.reversed())
    }
}
