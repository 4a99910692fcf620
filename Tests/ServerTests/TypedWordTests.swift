import TestSupport
import Testing
import WhatsAppSimulator

/// Answers that are typed, and what a deny blocks.
@Suite(.blocking, .timeLimit(.minutes(5)))
struct TypedWordTests {
    private static let phone = "16505550142"

    @Test(arguments: ["yes", " Confirm! ", "Sí", "ja"])
    func `a typed yes signs in`(_ word: String) async throws {
        try await withServer { server in
            let page = try server.page(try server.initiate("+" + Self.phone))
            try server.whatsApp.phone("16505550143").type(word)
            try server.whatsApp.phone(Self.phone).type(word)
            let event = try page.nextEvent("auth_success")
            #expect(event["data"]["user"]["phoneNumber"].text == "+" + Self.phone)
        }
    }

    @Test func `a typed no denies, and blocks prompts to that number for a while`() async throws {
        try await withServer(["OTPLESS_DENY_BLOCK": "10m"]) { server in
            let pages = try (0..<2).map { _ in
                try server.page(try server.initiate("+" + Self.phone))
            }
            try server.whatsApp.phone(Self.phone).type("No.")
            for page in pages { _ = try page.nextEvent("auth_denied") }
            let blocked = try server.call(
                "POST", "/api/auth/initiate", #"{"phoneNumber":"+\#(Self.phone)"}"#)
            #expect(blocked.isError(429, "RATE_LIMITED"))
            let seconds = try #require(blocked["Retry-After"].flatMap { Int($0) })
            #expect(590...600 ~= seconds)
            #expect(blocked.json["error"]["retryAfter"].number == Double(seconds))
            _ = try server.initiate("+16505550143")
            // Also after a restart.
            try server.killAndRestart()
            let still = try server.call(
                "POST", "/api/auth/initiate", #"{"phoneNumber":"+\#(Self.phone)"}"#)
            #expect(still.isError(429, "RATE_LIMITED"))
        }
    }

    @Test func `words are nothing where they are switched off`() async throws {
        try await withServer(["OTPLESS_TYPED_WORDS": "off"]) { server in
            let page = try server.page(try server.initiate("+" + Self.phone))
            try server.whatsApp.phone(Self.phone).type("no")
            try server.whatsApp.phone(Self.phone).type("yes")
            try server.whatsApp.phone(Self.phone).tapConfirm()
            _ = try page.nextEvent("auth_success")
        }
    }

    @Test func `the message is in the language that the page asks for`() async throws {
        try await withServer { server in
            let cases: [(String, [(String, String)], String)] = [
                (#","locale":"pt-BR""#, [("Accept-Language", "de")], "Entrar em "),
                ("", [("Accept-Language", "tlh, fr;q=0.3, de;q=0.9, *;q=0.1")], "Bei "),
                ("", [("Accept-Language", "tlh")], "Sign in to "), ("", [], "Sign in to "),
                ("", [("Accept-Language", "de;q=0, es;q=0.001")], "¿Iniciar sesión"),
                ("", [("Accept-Language", ";;;,,q=1,\u{E9},de;q=x")], "Sign in to "),
            ]
            for (field, headers, start) in cases {
                let reply = try server.call(
                    "POST", "/api/auth/initiate", #"{"phoneNumber":"+\#(Self.phone)"\#(field)}"#,
                    headers: headers)
                #expect(reply.status == 200)
                let text = try server.whatsApp.phone(Self.phone).prompt().text
                #expect(text.hasPrefix(start), "\(headers): \(text)")
            }
        }
    }
}
