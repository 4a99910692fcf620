/// Deliveries in the Cloud API's documented shapes.
enum Body {
    /// A delivery with one change.
    static func change(_ content: String, number: String = TestApp.phoneNumberID) -> String {
        delivery(value(content, number: number))
    }

    /// A delivery with these values, a change each.
    static func delivery(_ values: String...) -> String {
        let changes = values.map { #"{"value":\#($0),"field":"messages"}"# }.joined(separator: ",")
        return #"""
            {"object":"whatsapp_business_account","entry":[{"id":"1022","changes":[\#(changes)]}]}
            """#
    }

    /// One delivery with the entries of several.
    static func merged(_ deliveries: [String]) -> String {
        let start = #"{"object":"whatsapp_business_account","entry":["#
        let entries = deliveries.map { $0.dropFirst(start.count).dropLast(2) }
        return start + entries.joined(separator: ",") + "]}"
    }

    static func value(_ content: String, number: String = TestApp.phoneNumberID) -> String {
        #"""
        {"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550783881",
        "phone_number_id":"\#(number)"},"contacts":[{"profile":{"name":"Ada"},
        "wa_id":"16505550142","user_id":"US.1349"}],\#(content)}
        """#
    }

    static func messages(_ list: String...) -> String {
        #""messages":[\#(list.joined(separator: ","))]"#
    }

    static func statuses(_ list: String...) -> String {
        #""statuses":[\#(list.joined(separator: ","))]"#
    }

    /// A tap on a button of the interactive message.
    static func tap(
        _ payload: String, from sender: String, id: String = "wamid.IN1", context: String = ""
    ) -> String {
        #"""
        {"from":"\#(sender)","from_user_id":"US.1349","id":"\#(id)","timestamp":"1795200010",
        "type":"interactive",\#(context)"interactive":{"type":"button_reply",
        "button_reply":{"id":"\#(payload)","title":"Yes, it's me"}}}
        """#
    }

    /// A tap on a quick reply of a template.
    static func quickReply(
        _ payload: String, from sender: String, id: String = "wamid.IN1", context: String = ""
    ) -> String {
        #"""
        {"from":"\#(sender)","id":"\#(id)","timestamp":"1795200011","type":"button",\#(context)
        "button":{"payload":"\#(payload)","text":"Yes, it's me"}}
        """#
    }

    static func text(_ text: String, from sender: String, id: String = "wamid.IN1") -> String {
        #"""
        {"from":"\#(sender)","id":"\#(id)","timestamp":"1795200012","type":"text",
        "text":{"body":"\#(text)"}}
        """#
    }

    /// Arrays inside one another.
    static func nested(_ depth: Int) -> String {
        String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }

    static func context(_ quoted: String, _ more: String = "") -> String {
        #""context":{"from":"15550783881","id":"\#(quoted)"\#(more)},"#
    }

    static func status(_ word: String, of message: String, _ more: String = "") -> String {
        #"""
        {"id":"\#(message)","status":"\#(word)","timestamp":"1795200001",
        "recipient_id":"16505550142"\#(more)}
        """#
    }
}
