import TestSupport
import Testing

/// Number matching: the page shows a number, and the phone answers with it.
@Suite(.blocking, .timeLimit(.minutes(5)))
struct MatchTests {
    private static let phone = "16505550142"
    private static let on = ["OTPLESS_CONFIRMATION": "match"]

    @Test func `the number of the page, typed on the phone, signs in`() async throws {
        try await withServer(Self.on) { server in
            let login = try server.begin(#""phoneNumber":"+\#(Self.phone)""#)
            #expect(login.number.wholeMatch(of: /[1-9][0-9]/) != nil)
            #expect(
                login.reply.data.names == ["sessionId", "expiresAt", "method", "matchNumber"])
            let page = try server.page(login.session)
            let phone = server.whatsApp.phone(Self.phone)
            #expect(try phone.question().text.contains("two-digit number"))
            // The time in the message may have the same digits.
            let words = try phone.question().text.split { !$0.isNumber && $0 != ":" }
            #expect(!words.contains { $0 == login.number })
            try phone.type(login.number)
            let event = try page.nextEvent("auth_success")
            #expect(event["data"]["user"]["phoneNumber"].text == "+" + Self.phone)
        }
    }

    @Test func `a number that no page shows denies all that is pending for the sender`()
        async throws
    {
        try await withServer(Self.on) { server in
            let mine = try (0..<3).map { _ in
                try server.begin(#""phoneNumber":"+\#(Self.phone)""#)
            }
            #expect(Set(mine.map(\.number)).count == 3)
            let other = try server.begin(#""phoneNumber":"+16505550143""#)
            let wrong = (10...99).map { "\($0)" }.first { number in
                !mine.contains { $0.number == number }
            }
            let text = Webhook.text(try #require(wrong))
            try server.take(Webhook.message(text, from: Self.phone))
            for login in mine { #expect(try server.standing(login.session) == "LOGIN_DENIED") }
            #expect(try server.standing(other.session) == "202")
        }
    }

    @Test func `a stranger's number, a forwarded one, words and taps confirm nothing`()
        async throws
    {
        try await withServer(Self.on) { server in
            let login = try server.begin(#""phoneNumber":"+\#(Self.phone)""#)
            let text = Webhook.text(login.number)
            try server.take(Webhook.message(text, from: "4930123456"))
            try server.take(
                Webhook.message(text, from: Self.phone, context: #"{"forwarded":true}"#))
            let button = try server.whatsApp.phone(Self.phone).question().button
            let confirm = button.replacing("otpless.d.", with: "otpless.c.")
            #expect(confirm != button)
            for content in [
                Webhook.button(confirm), Webhook.text("yes"), Webhook.text("Confirm"),
                Webhook.text("\(login.number) please"), Webhook.text(login.number + "0"),
            ] {
                try server.take(Webhook.message(content, from: Self.phone))
            }
            #expect(try server.standing(login.session) == "202")
            try server.take(Webhook.message(text, from: Self.phone))
            #expect(try server.standing(login.session) == "200")
        }
    }

    @Test func `the deny button denies, also soon after the confirmation`() async throws {
        try await withServer(Self.on) { server in
            let login = try server.begin(#""phoneNumber":"+\#(Self.phone)""#)
            let deny = try server.whatsApp.phone(Self.phone).question().button
            try server.take(Webhook.message(Webhook.text(login.number), from: Self.phone))
            let session = try Session(try server.claim(login.session).data)
            try server.take(Webhook.message(Webhook.button(deny), from: Self.phone))
            #expect(try server.standing(login.session) == "LOGIN_DENIED")
            #expect(try server.me(session.accessToken).status == 401)
        }
    }

    @Test func `a link's code is answered with the question for the number, which confirms`()
        async throws
    {
        try await withServer(Self.on) { server in
            let login = try server.beginLink()
            let page = try server.page(login.session)
            let phone = server.whatsApp.phone(Self.phone)
            // The number alone says nothing before the code was sent.
            try server.take(Webhook.message(Webhook.text(login.number), from: Self.phone))
            try server.take(Webhook.message(Webhook.text(login.code), from: Self.phone))
            #expect(try server.standing(login.session) == "202")
            _ = try waitFor("the question") { try? phone.question() }
            try phone.type(login.number)
            let event = try page.nextEvent("auth_success")
            #expect(event["data"]["user"]["phoneNumber"].text == "+" + Self.phone)
        }
    }

    @Test func `a link sent by somebody who has no such number before them is denied`()
        async throws
    {
        try await withServer(Self.on) { server in
            // The attacker's page; the victim was talked into sending its code.
            let login = try server.beginLink()
            try server.take(Webhook.message(Webhook.text(login.code), from: Self.phone))
            let question = try waitFor("the question") {
                try? server.whatsApp.phone(Self.phone).question()
            }
            try server.take(Webhook.message(Webhook.button(question.button), from: Self.phone))
            #expect(try server.standing(login.session) == "LOGIN_DENIED")
        }
    }

    @Test func `outside of the 24 h window the template asks, with one button`() async throws {
        let template = ["OTPLESS_WHATSAPP_MATCH_TEMPLATE": "login_match:en"]
        try await withServer(Self.on.merging(template) { $1 }) { server in
            let login = try server.begin(#""phoneNumber":"+\#(Self.phone)""#)
            let phone = server.whatsApp.phone(Self.phone)
            #expect(try phone.question().text.hasPrefix("[number]"))
            try phone.type(login.number)
            let page = try server.page(login.session)
            _ = try page.nextEvent("auth_success")
        }
    }
}
