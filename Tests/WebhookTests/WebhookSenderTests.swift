import OTPless
import Testing
import Webhook

/// Who a message comes from, as Meta's fields tell it.
struct WebhookSenderTests {
    @Test func `a sender is what the message and its contact tell together`() throws {
        let contacts = #"""
            "contacts":[{"profile":{"name":"x"},"wa_id":"1650","user_id":"US.1","identity_key_hash":"h1"},
            {"user_id":"US.2","identity_key_hash":"h2"},7,{"wa_id":"1651"}]
            """#
        let senders = [
            (#""from":"1650""#, Sender(waID: "1650", userID: "US.1", identityHash: "h1")),
            (
                #""from":"1650","from_user_id":"US.9""#,
                Sender(waID: "1650", userID: "US.9", identityHash: "h1")
            ),
            (
                #""from_user_id":"US.2""#,
                Sender(waID: nil, userID: "US.2", identityHash: "h2")
            ),
            (#""from":"1651""#, Sender(waID: "1651")),
            (#""from":"1652","from_user_id":"US.3""#, Sender(waID: "1652", userID: "US.3")),
        ]
        for (names, sender) in senders {
            let message = #"{\#(names),"id":"m","type":"text","text":{"body":"x"}}"#
            #expect(try Self.messages(contacts, message).map(\.sender) == [sender])
        }
        let nobody = #"{"id":"m","type":"text","text":{"body":"x"}}"#
        #expect(try Self.messages(contacts, nobody).isEmpty)
    }

    @Test func `notices are about the number they come from, and the user id that was known`()
        throws
    {
        let notice = #"""
            {"id":"m","from":"1650","from_user_id":"US.new","type":"system","system":
            {"type":"user_changed_user_id","user_id":"US.new","previous_user_id":"US.old"}}
            """#
        let message = try #require(try Self.messages("", notice).first)
        #expect(message.sender == Sender(waID: "1650", userID: "US.old"))
        guard case .userIDChanged = message.content else {
            Issue.record("not a change of the user id")
            return
        }
        let identity = #"""
            {"id":"m","from":"1650","type":"system","system":
            {"type":"customer_identity_changed","identity":{"hash":"h9"}}}
            """#
        #expect(try Self.messages("", identity).first?.sender.identityHash == "h9")
        let unknown = #"{"id":"m","from":"1650","type":"system","system":{"type":"new"}}"#
        #expect(try Self.messages("", unknown).isEmpty)
    }

    @Test func `cards are requested only if all of them say so`() throws {
        func card(_ origins: [String]) -> String {
            let list = origins.map {
                #"{"origin":"\#($0)","phones":[{"phone":"+1 650 555 0142","wa_id":"16505550142"}]}"#
            }
            return
                #"{"id":"m","from_user_id":"US.1","type":"contacts","contacts":[\#(list.joined(separator: ","))]}"#
        }
        for (origins, isRequested) in [
            (["contact_request"], true), (["other"], false), (["contact_request", "other"], false),
            ([], false),
        ] {
            let message = try #require(try Self.messages("", card(origins)).first)
            guard case .contact(let phones, let told) = message.content else {
                Issue.record("not a card")
                continue
            }
            #expect(told == isRequested && phones.count == origins.count)
        }
    }

    private static func messages(_ contacts: String, _ message: String) throws -> [InboundMessage] {
        let members = (contacts.isEmpty ? "" : contacts + ",") + #""messages":[\#(message)]"#
        let text =
            #"{"object":"whatsapp_business_account","entry":[{"changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"1"},\#(members)}}]}]}"#
        let document = try JSONDocument(Array(text.utf8))
        return CloudAPIWebhook(document.root, phoneNumberID: "1").messages
    }
}
