import OTPless

/// Writes deliveries as Meta does: ASCII only, `/` escaped, numbers of time as strings.
struct MetaWebhook {
    /// The business's WhatsApp account.
    static let accountID = "102290129340398"

    /// How many updates share a change and how many changes an entry, so that a batch has several of
    /// each.
    private static let share = (updates: 3, changes: 2)

    private let settings: Simulator.Settings

    init(_ settings: Simulator.Settings) {
        self.settings = settings
    }

    /// One delivery of these updates, in their order.
    func delivery(of updates: [WebhookUpdate]) -> [UInt8] {
        var writer = JSONWriter(reserving: 1024 * updates.count, asciiOnly: true)
        writer.object { writer in
            writer.member("object", "whatsapp_business_account")
            let changes = Self.changes(of: updates)
            let starts = stride(from: 0, to: changes.count, by: Self.share.changes)
            writer.objects("entry", starts) { start, writer in
                writer.member("id", Self.accountID)
                let entry = changes[start...].prefix(Self.share.changes)
                writer.objects("changes", entry) { write($0, to: &$1) }
            }
        }
        return writer.bytes
    }

    /// A change lists messages or statuses, never both.
    private static func changes(of updates: [WebhookUpdate]) -> [[WebhookUpdate]] {
        updates.reduce(into: []) { changes, update in
            if let last = changes.last, last.count < share.updates,
                last[0].kind.isMessage == update.kind.isMessage
            {
                changes[changes.count - 1].append(update)
            } else {
                changes.append([update])
            }
        }
    }

    private func write(_ updates: [WebhookUpdate], to writer: inout JSONWriter) {
        writer.object("value") { writer in
            writer.member("messaging_product", "whatsapp")
            writer.object("metadata") { writer in
                writer.member("display_phone_number", settings.businessNumber)
                writer.member("phone_number_id", settings.phoneNumberID)
            }
            let contacts = Self.contacts(of: updates)
            if !contacts.isEmpty { writer.objects("contacts", contacts) { $0.write(to: &$1) } }
            let list = updates[0].kind.isMessage ? "messages" : "statuses"
            writer.array(list) { writer in
                for update in updates { writer.raw(update.json) }
            }
        }
        writer.member("field", "messages")
    }

    /// Each person once, in the order in which they come.
    private static func contacts(of updates: [WebhookUpdate]) -> [Contact] {
        updates.compactMap(\.contact).reduce(into: []) { contacts, contact in
            if !contacts.contains(contact) { contacts.append(contact) }
        }
    }
}

extension Contact {
    fileprivate func write(to writer: inout JSONWriter) {
        if let name { writer.object("profile") { $0.member("name", name) } }
        if let waID { writer.member("wa_id", waID) }
        if let userID { writer.member("user_id", userID) }
    }
}
