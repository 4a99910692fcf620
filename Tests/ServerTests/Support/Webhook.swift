import OTPless

/// Webhooks in the shapes that Meta posts (docs: "Webhooks reference"), made here and not by the
/// simulator.
enum Webhook {
    /// A tap on a reply button.
    static func tap(
        _ payload: String, by sender: String, id: String, quoting quoted: String? = nil
    ) -> [UInt8] {
        let context = quoted.map { #""context":{"from":"15550783881","id":"\#($0)"},"# } ?? ""
        return value(
            contact(sender) + #","messages":[{\#(context)"from":"\#(sender)","from_user_id":"US.1"#
                + #"","id":"\#(id)","timestamp":"1795200010","type":"interactive","#
                + #""interactive":{"type":"button_reply","button_reply":{"id":"\#(payload)","#
                + #""title":"Confirm"}}}]"#)
    }

    /// A step of a message on its way.
    static func status(_ word: String, of messageID: String, to recipient: String) -> [UInt8] {
        value(
            contact(recipient) + #","statuses":[{"id":"\#(messageID)","status":"\#(word)","#
                + #""timestamp":"1795200002","recipient_id":"\#(recipient)","#
                + #""recipient_user_id":"US.1","pricing":{"billable":false,"#
                + #""pricing_model":"PMP","type":"free_customer_service","category":"service"}}]"#)
    }

    /// `X-Hub-Signature-256` of a body.
    static func signature(of body: [UInt8], secret: String = SimulatedWhatsApp.appSecret) -> String
    {
        let code = HMACKey(Array(secret.utf8))?.code(of: body[...]) ?? []
        return "sha256="
            + code.map { byte in
                (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }.joined()
    }

    private static func contact(_ phone: String) -> String {
        #""contacts":[{"profile":{"name":"Sheena Nelson"},"wa_id":"\#(phone)","user_id":"US.1"}]"#
    }

    fileprivate static func value(_ members: String) -> [UInt8] {
        Array(
            (#"{"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":"#
                + #"[{"value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"#
                + #""15550783881","phone_number_id":"\#(SimulatedWhatsApp.numberID)"},\#(members)}"#
                + #","field":"messages"}]}]}"#).utf8)
    }
}

extension Webhook {
    /// A message of any kind, of whoever is named; `contact` stands beside it.
    static func message(
        _ content: String, from: String?, userID: String? = nil, hash: String? = nil,
        id: String? = nil, timestamp: String = "1795200010", context: String = ""
    ) -> [UInt8] {
        let id = id ?? "wamid.of.\(UInt64.random(in: 0 ... .max))"
        let names = [
            from.map { #""from":"\#($0)""# }, userID.map { #""from_user_id":"\#($0)""# },
            context.isEmpty ? nil : #""context":\#(context)"#,
        ]
        let contact = [
            from.map { #""wa_id":"\#($0)""# }, userID.map { #""user_id":"\#($0)""# },
            hash.map { #""identity_key_hash":"\#($0)""# },
        ]
        let members =
            names.compactMap { $0 } + [#""id":"\#(id)","timestamp":"\#(timestamp)""#, content]
        return value(
            #""contacts":[{\#(contact.compactMap { $0 }.joined(separator: ","))}],"#
                + #""messages":[{\#(members.joined(separator: ","))}]"#)
    }

    /// The content of a typed text.
    static func text(_ body: String) -> String {
        #""type":"text","text":{"body":"\#(body)"}"#
    }

    /// The content of a tap on a reply button.
    static func button(_ payload: String) -> String {
        #""type":"interactive","interactive":{"type":"button_reply","button_reply":"#
            + #"{"id":"\#(payload)","title":"x"}}"#
    }

    /// A notice of WhatsApp itself.
    static func notice(_ type: String, from: String, more: String = "") -> [UInt8] {
        value(
            #""messages":[{"from":"\#(from)","id":"wamid.sys.\#(UInt64.random(in: 0 ... .max))","#
                + #""timestamp":"4000000000","type":"system","system":{"type":"\#(type)"\#(more)}}]"#
        )
    }
}
