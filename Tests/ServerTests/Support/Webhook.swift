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

    private static func value(_ members: String) -> [UInt8] {
        Array(
            (#"{"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":"#
                + #"[{"value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"#
                + #""15550783881","phone_number_id":"\#(SimulatedWhatsApp.numberID)"},\#(members)}"#
                + #","field":"messages"}]}]}"#).utf8)
    }
}
