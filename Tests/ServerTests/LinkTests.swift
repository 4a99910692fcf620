import Foundation
import TestSupport
import Testing

/// The link method: the person sends the page's code.
@Suite(.blocking, .timeLimit(.minutes(5)))
struct LinkTests {
    private static let phone = "16505550142"
    private static let stranger = "4930123456"

    @Test func `the phone that sends the page's code is signed in on the page`() async throws {
        try await withServer { server in
            let login = try server.beginLink()
            let page = try server.page(login.session)
            let pending = try page.nextEvent()
            #expect(pending["event"].text == "pending" && pending["statusCode"].number == 202)
            #expect(pending["data"].names == ["sessionId", "expiresAt"])
            try server.whatsApp.phone(Self.phone).type("Sign me in: \(login.code.lowercased()).")
            let event = try page.nextEvent("auth_success")
            #expect(event["data"]["user"]["phoneNumber"].text == "+" + Self.phone)
            #expect(event["data"]["isNewUser"] == .bool(true))
            let again = try server.beginLink()
            try server.take(Webhook.message(Webhook.text(again.code), from: Self.phone))
            let claimed = try server.claim(again.session)
            #expect(claimed.data["userId"] == event["data"]["userId"])
            #expect(claimed.data["isNewUser"] == .bool(false))
        }
    }

    @Test func `the reply to a link has a code, and the chat with it`() async throws {
        try await withServer(["OTPLESS_APP_NAME": "Café & Co"]) { server in
            let login = try server.beginLink(#""locale":"en""#)
            #expect(login.reply.isSuccess("Login link created"))
            #expect(
                login.reply.data.names == ["sessionId", "expiresAt", "method", "code", "link"])
            #expect(login.reply.data["method"].text == "link")
            #expect(login.code.wholeMatch(of: /[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}/) != nil)
            let text =
                "Sign%20me%20in%20to%20Caf%C3%A9%20%26%20Co%20in%20my%20browser%3A%20\(login.code)."
                + "%20Do%20not%20send%20this%20if%20somebody%20gave%20you%20the%20link."
            #expect(login.link == "https://wa.me/15550783881?text=" + text)
            let german = try server.beginLink(#""locale":"de-CH""#)
            #expect(german.link.contains("Melde%20mich"))
        }
    }

    @Test func `no message is sent, and a method that is switched off is refused`() async throws {
        try await withServer(["OTPLESS_METHODS": "link"]) { server in
            _ = try server.beginLink(#""phoneNumber":"+\#(Self.phone)""#)
            let state = try exchange(
                HTTPRequest("GET", "/simulator/state"), port: server.whatsApp.port)
            #expect(state.json["chats"].list.isEmpty)
            let prompt = try server.call(
                "POST", "/api/auth/initiate", #"{"phoneNumber":"+\#(Self.phone)"}"#)
            #expect(prompt.isError(400, "INVALID_PARAMETERS"))
            let wrong = try server.call(
                "POST", "/api/auth/initiate", #"{"method":"link","phoneNumber":"123"}"#)
            #expect(wrong.isError(400, "INVALID_PHONE_NUMBER"))
        }
    }

    @Test func `forwarded, quoted on, edited, group and caption codes confirm nothing`()
        async throws
    {
        try await withServer { server in
            let login = try server.beginLink()
            let text = Webhook.text("Sign me in: \(login.code)")
            for context in [#"{"forwarded":true}"#, #"{"frequently_forwarded":true}"#] {
                try server.take(Webhook.message(text, from: Self.phone, context: context))
            }
            try server.take(Webhook.message(text + #","group_id":"g.1""#, from: Self.phone))
            let others = [
                #""type":"image","image":{"caption":"\#(login.code)"}"#,
                #""type":"edit","edit":{"original_message_id":"x","message":{\#(text)}}"#,
                #""type":"reaction","reaction":{"message_id":"x","emoji":"\#(login.code)"}"#,
                #""type":"revoke","revoke":{"original_message_id":"x"},"text":{"body":"\#(login.code)"}"#,
                Webhook.button(login.code),
            ]
            for other in others { try server.take(Webhook.message(other, from: Self.phone)) }
            #expect(try server.standing(login.session) == "202")
            try server.take(Webhook.message(text, from: Self.phone))
            #expect(try server.standing(login.session) == "200")
        }
    }

    @Test func `two codes in one message confirm neither`() async throws {
        try await withServer { server in
            let logins = [try server.beginLink(), try server.beginLink()]
            let text = logins.map(\.code).joined(separator: " and ")
            try server.take(Webhook.message(Webhook.text(text), from: Self.phone))
            for login in logins { #expect(try server.standing(login.session) == "202") }
        }
    }

    @Test func `if the page named a phone, a code from another one confirms nothing`()
        async throws
    {
        try await withServer { server in
            let login = try server.beginLink(#""phoneNumber":"+5215512345678""#)
            try server.take(Webhook.message(Webhook.text(login.code), from: Self.stranger))
            #expect(try server.standing(login.session) == "202")
            try server.take(Webhook.message(Webhook.text(login.code), from: "525512345678"))
            let claimed = try server.claim(login.session)
            #expect(claimed.data["user"]["phoneNumber"].text == "+5215512345678")
        }
    }

    @Test func `a code that was used, cancelled or repeated is none`() async throws {
        try await withServer { server in
            let used = try server.beginLink()
            let message = Webhook.message(Webhook.text(used.code), from: Self.phone, id: "wamid.1")
            try server.take(message)
            let first = try server.claim(used.session)
            try server.take(message)
            try server.take(Webhook.message(Webhook.text(used.code), from: Self.stranger))
            let second = try server.claim(used.session)
            #expect(second.data["userId"] == first.data["userId"])
            let given = try server.beginLink()
            _ = try server.perform("cancel", given.session)
            try server.take(Webhook.message(Webhook.text(given.code), from: Self.phone))
            #expect(try server.standing(given.session) == "SESSION_CANCELLED")
        }
    }

    @Test func `no file of the database holds a code`() async throws {
        try await withServerAndStore { server, path in
            let login = try server.beginLink()
            try server.kill()
            let bare = login.code.filter { $0 != "-" }
            for file in [path, path + "-wal"] {
                let bytes = try Data(contentsOf: URL(filePath: file))
                let text = String(decoding: bytes, as: UTF8.self)
                #expect(!text.contains(login.code) && !text.contains(bare))
            }
        }
    }
}
