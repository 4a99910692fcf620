import TestSupport
import Testing
import WhatsAppSimulator

/// The template, outside WhatsApp's 24 hour window.
@Suite(.blocking, .timeLimit(.minutes(5)))
struct TemplateTests {
    private static let phone = "16505550142"
    private static let template = ["OTPLESS_WHATSAPP_TEMPLATE": "login_confirm:en,de"]

    @Test func `who has not written gets the template, and its buttons answer`() async throws {
        try await withServer(Self.template) { server in
            server.whatsApp.simulator.faults.all.window = .enforced
            let phone = server.whatsApp.phone(Self.phone)
            for omitsContext in [false, true] {
                server.whatsApp.simulator.faults.all.omitsContext = omitsContext
                let page = try server.page(try server.initiate("+" + Self.phone))
                try phone.tapConfirm()
                _ = try page.nextEvent("auth_success")
            }
            let page = try server.page(try server.initiate("+16505550143"))
            try server.whatsApp.phone("16505550143").tapDeny()
            _ = try page.nextEvent("auth_denied")
            #expect(try server.whatsApp.phone("16505550143").prompt().text.hasPrefix("[en] "))
        }
    }

    @Test func `the template names the app, the device and the time, in the language asked for`()
        async throws
    {
        try await withServer(Self.template.merging(["OTPLESS_APP_NAME": "Acme"]) { $1 }) { server in
            let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
            let reply = try server.call(
                "POST", "/api/auth/initiate",
                #"{"phoneNumber":"+\#(Self.phone)","locale":"de-AT"}"#,
                headers: [("User-Agent", firefox)])
            #expect(reply.status == 200)
            let text = try server.whatsApp.phone(Self.phone).prompt().text
            #expect(text.hasPrefix("[de] Acme; Firefox, Linux; "))
            #expect(text.hasSuffix(" UTC."))
        }
    }

    @Test func `who has written gets buttons; after 131047 the template`() async throws {
        try await withServer(Self.template) { server in
            let phone = server.whatsApp.phone(Self.phone)
            try phone.type("hello")
            _ = try waitFor("the window to be known") {
                try? Self.sendsButtons(server) ? true : nil
            }
            // The server believes the window open, and learns that it is not: at once, or later.
            server.whatsApp.simulator.faults.all.window = .closed
            for isLater in [false, true] {
                server.whatsApp.simulator.faults.all.windowFailsLater = isLater
                let page = try server.page(try server.initiate("+" + Self.phone))
                _ = try waitFor("the template") {
                    try phone.prompt().text.hasPrefix("[en]") ? true : nil
                }
                try phone.tapConfirm()
                _ = try page.nextEvent("auth_success")
                // The next message must not be taken for this one's.
                server.whatsApp.simulator.faults.all.window = .open
                #expect(try Self.sendsButtons(server))
                server.whatsApp.simulator.faults.all.window = .closed
            }
        }
    }

    @Test func `a template that fails too ends the login`() async throws {
        try await withServer(Self.template) { server in
            server.whatsApp.simulator.faults.all.send = SendFault(.failure(131_047))
            let page = try server.page(try server.initiate("+" + Self.phone))
            _ = try page.nextEvent("auth_failed")
        }
    }

    private static func sendsButtons(_ server: LiveServer) throws -> Bool {
        _ = try server.initiate("+" + phone)
        return try server.whatsApp.phone(phone).prompt().text.hasPrefix("Sign in to")
    }
}
