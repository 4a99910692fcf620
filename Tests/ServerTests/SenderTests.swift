import TestSupport
import Testing
import WhatsAppSimulator

/// Who sends a message, where the number is hidden, has changed, or is somebody else's now.
@Suite(.blocking, .timeLimit(.minutes(5)))
struct SenderTests {
    private static let phone = "16505550142"

    // MARK: Hidden numbers

    @Test func `whoever hides the number is asked for it, and signed in once it is shared`()
        async throws
    {
        try await withServer { server in
            server.whatsApp.simulator.faults.all.hidesNumber = true
            let login = try server.beginLink()
            let page = try server.page(login.session)
            let phone = server.whatsApp.phone(Self.phone)
            try phone.type(login.code)
            let question = try waitFor("the question") { try? phone.question() }
            #expect(question.text.contains("phone number"))
            #expect(try server.standing(login.session) == "202")
            try phone.answerQuestion()
            let event = try page.nextEvent("auth_success")
            #expect(event["data"]["user"]["phoneNumber"].text == "+" + Self.phone)
            // The next time nobody needs to ask.
            let next = try server.beginLink()
            let nextPage = try server.page(next.session)
            try phone.type(next.code)
            _ = try nextPage.nextEvent("auth_success")
        }
    }

    @Test func `a card that was not asked for is no proof, and the page hears PHONE_NUMBER_HIDDEN`()
        async throws
    {
        try await withServer { server in
            server.whatsApp.simulator.faults.all.hidesNumber = true
            let login = try server.beginLink()
            let page = try server.page(login.session)
            let phone = server.whatsApp.phone(Self.phone)
            try phone.type(login.code)
            _ = try waitFor("the question") { try? phone.question() }
            try phone.sendCard(of: "16505550143")
            let event = try page.nextEvent("auth_failed")
            #expect(event["statusCode"].number == 422)
            #expect(event["error"]["code"].text == "PHONE_NUMBER_HIDDEN")
            #expect(try server.standing(login.session) == "PHONE_NUMBER_HIDDEN")
        }
    }

    @Test func `where the number cannot be asked for, the page hears PHONE_NUMBER_HIDDEN`()
        async throws
    {
        try await withServer { server in
            let login = try server.beginLink()
            let page = try server.page(login.session)
            // Nobody has this id: the provider refuses to send there.
            try server.take(
                Webhook.message(Webhook.text(login.code), from: nil, userID: "XX.nobody"))
            let event = try page.nextEvent("auth_failed")
            #expect(event["error"]["code"].text == "PHONE_NUMBER_HIDDEN")
        }
    }

    @Test func `a tap that shows a user id alone counts by the reports of the prompt`()
        async throws
    {
        try await withServer { server in
            server.whatsApp.simulator.faults.all.hidesNumber = true
            let page = try server.page(try server.initiate("+" + Self.phone))
            while try page.nextEvent()["data"]["delivery"].text != "delivered" {}
            let prompt = try server.whatsApp.phone(Self.phone).prompt()
            try server.take(
                Webhook.message(Webhook.button(prompt.confirm), from: nil, userID: "US.stranger"))
            try server.whatsApp.phone(Self.phone).tapConfirm()
            _ = try page.nextEvent("auth_success")
        }
    }

    // MARK: Changed numbers and holders

    @Test(arguments: ["user_changed_number", "customer_identity_changed"])
    func `a change of the number or its holder ends pending logins as cancelled`(
        _ notice: String
    ) async throws {
        try await withServer { server in
            let session = try server.initiate("+" + Self.phone)
            let page = try server.page(session)
            let prompt = try server.whatsApp.phone(Self.phone).prompt()
            try server.take(
                Webhook.notice(notice, from: Self.phone, more: #","wa_id":"16505550199""#))
            _ = try page.nextEvent("auth_cancelled")
            try server.take(Webhook.message(Webhook.button(prompt.confirm), from: Self.phone))
            #expect(try server.standing(session) == "SESSION_CANCELLED")
        }
    }

    @Test func `a message with a new identity hash ends what is pending, and confirms nothing`()
        async throws
    {
        try await withServer { server in
            let hello = Webhook.text("hello")
            try server.take(Webhook.message(hello, from: Self.phone, hash: "one"))
            let session = try server.initiate("+" + Self.phone)
            let page = try server.page(session)
            let prompt = try server.whatsApp.phone(Self.phone).prompt()
            let tap = Webhook.button(prompt.confirm)
            try server.take(Webhook.message(tap, from: Self.phone, hash: "two"))
            _ = try page.nextEvent("auth_cancelled")
            #expect(try server.standing(session) == "SESSION_CANCELLED")
        }
    }

    @Test
    func
        `after a change of number the account stays with its devices, the next holder gets another`()
        async throws
    {
        try await withServer { server in
            let former = try server.signedIn(Self.phone)
            try server.take(Webhook.notice("user_changed_number", from: Self.phone))
            #expect(try server.me(former.accessToken).status == 200)
            #expect(try server.refresh(former.refreshToken).status == 200)
            let next = try server.signedIn(Self.phone)
            #expect(next.userID != former.userID)
            let me = try server.me(former.accessToken)
            #expect(me.data["id"].text == former.userID)
        }
    }

    // MARK: Spellings

    @Test(arguments: [
        ("5215512345678", "525512345678"), ("5491123456789", "541123456789"),
        ("5511987654321", "551187654321"),
    ])
    func `Mexico, Argentina and Brazil: both spellings are one phone and one account`(
        _ one: String, _ other: String
    ) async throws {
        try await withServer { server in
            var users: Set<String> = []
            for (typed, sender) in [(one, other), (other, one)] {
                let session = try server.initiate("+" + typed)
                let prompt = try server.whatsApp.phone(typed).prompt()
                try server.take(Webhook.message(Webhook.button(prompt.confirm), from: sender))
                users.insert(try Session(try server.claim(session).data).userID)
            }
            #expect(users.count == 1)
        }
    }
}
