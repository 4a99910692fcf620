import OTPless

/// What a person can send.
extension UpdateWriter {
    /// What a text stands under.
    struct Context {
        /// The message of the business that it quotes.
        var quoted: String?
        var isForwarded = false
        /// Forwarded five times and more.
        var isFrequentlyForwarded = false
    }

    /// A tap on a reply button.
    func tap(_ button: SimulatedPhones.Message.Button, of messageID: String) -> WebhookUpdate {
        message { writer in
            answer(to: messageID, &writer)
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

    /// A tap on a template's quick reply.
    func quickReply(
        _ button: SimulatedPhones.Message.Button, of messageID: String
    ) -> WebhookUpdate {
        message { writer in
            answer(to: messageID, &writer)
            writer.member("type", "button")
            writer.object("button") { writer in
                writer.member("payload", button.id)
                writer.member("text", button.title)
            }
        }
    }

    /// A choice from a list.
    func listReply(
        _ row: SimulatedPhones.Message.Button, _ description: String?, of messageID: String
    ) -> WebhookUpdate {
        message { writer in
            answer(to: messageID, &writer)
            writer.member("type", "interactive")
            writer.object("interactive") { writer in
                writer.member("type", "list_reply")
                writer.object("list_reply") { writer in
                    writer.member("id", row.id)
                    writer.member("title", row.title)
                    if let description { writer.member("description", description) }
                }
            }
        }
    }

    /// A text that a person typed or forwarded.
    func text(_ text: String, _ context: Context = Context()) -> WebhookUpdate {
        message { writer in
            if let quoted = context.quoted {
                quote(quoted, &writer)
            } else if context.isFrequentlyForwarded {
                writer.object("context") { $0.member("frequently_forwarded", true) }
            } else if context.isForwarded {
                writer.object("context") { $0.member("forwarded", true) }
            }
            writer.member("type", "text")
            writer.object("text") { $0.member("body", text) }
        }
    }

    /// An emoji under a message; nil takes it back.
    func reaction(_ emoji: String?, to messageID: String) -> WebhookUpdate {
        message { writer in
            writer.member("type", "reaction")
            writer.object("reaction") { writer in
                writer.member("message_id", messageID)
                if let emoji { writer.member("emoji", emoji) }
            }
        }
    }

    /// A picture; there is none behind its id.
    func image(_ caption: String?) -> WebhookUpdate {
        message { writer in
            writer.member("type", "image")
            writer.object("image") { writer in
                if let caption { writer.member("caption", caption) }
                writer.member("mime_type", "image/jpeg")
                writer.member("sha256", String(repeating: "A", count: 43) + "=")
                writer.member("id", "1003383421387256")
            }
        }
    }

    /// Cards with numbers: the person's own, given on request, or anybody's.
    func card(_ numbers: [String], isRequested: Bool, of messageID: String?) -> WebhookUpdate {
        message { writer in
            if let messageID { answer(to: messageID, &writer) }
            writer.member("type", "contacts")
            writer.objects("contacts", numbers) { number, writer in
                writer.object("name") { $0.member("formatted_name", "Simulated Phone") }
                writer.member("origin", isRequested ? "contact_request" : "other")
                writer.objects("phones", [number]) { number, writer in
                    writer.member("phone", "+" + number)
                    writer.member("wa_id", number)
                    writer.member("type", "CELL")
                }
            }
        }
    }

    /// The person has another number now; WhatsApp itself says so, without contacts.
    func numberChange(to next: String) -> WebhookUpdate {
        notice { writer in
            writer.member("type", "system")
            writer.object("system") { writer in
                writer.member(
                    "body", "User Simulated Phone changed from \(phone) to \(next)")
                writer.member("wa_id", next)
                writer.member("type", "user_changed_number")
            }
        }
    }

    private func answer(to messageID: String, _ writer: inout JSONWriter) {
        if !faults.omitsContext { quote(messageID, &writer) }
    }

    private func quote(_ messageID: String, _ writer: inout JSONWriter) {
        writer.object("context") { writer in
            writer.member("from", simulator.settings.businessNumber)
            writer.member("id", messageID)
        }
    }
}
