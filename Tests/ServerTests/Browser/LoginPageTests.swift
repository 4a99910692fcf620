import TestSupport
import Testing

@Suite(.blocking, .timeLimit(.minutes(2)))
struct LoginPageTests {
    @Test func `the page speaks the language that a message would have`() async throws {
        let wanted = [
            ("de", "de"), ("pt-BR,pt;q=0.9,en;q=0.8", "pt"), ("xx, fr;q=0.1", "fr"),
            ("ar-EG", "ar"), ("en;q=0.5, hi", "hi"), ("xx", "en"), ("", "en"), ("*", "en"),
            ("es;q=0, id;q=0.1", "id"),
        ]
        try await withServer { server in
            for (accepted, language) in wanted {
                let reply = try server.call(
                    "GET", "/", headers: [("Accept-Language", accepted)])
                let direction = language == "ar" ? "rtl" : "ltr"
                let opening = "<html lang=\"\(language)\" dir=\"\(direction)\">"
                #expect(reply.text.contains(opening), "\(accepted)")
                #expect(reply["Content-Language"] == language)
                #expect(reply["Vary"] == "Accept-Encoding, Accept-Language")
                #expect(reply["Cache-Control"] == "no-cache")
                for (key, word) in try PageFolder.words(language)
                where try PageFolder.text("index.html").contains("{{word:\(key)}}") {
                    let said = word.replacing("{app}", with: "127.0.0.1:\(server.port)")
                    #expect(reply.text.contains(said.escaped), "\(language): \(key)")
                }
                #expect(!reply.text.contains("{{"))
            }
        }
    }

    @Test func `the page's policy lets in what is the server's own, and nothing inline`()
        async throws
    {
        try await withServer { server in
            let reply = try server.call("GET", "/")
            let policy = try #require(reply["Content-Security-Policy"])
            let rules = policy.split(separator: "; ").map(String.init)
            #expect(
                Set(rules) == [
                    "default-src 'none'", "script-src 'self'", "style-src 'self'",
                    "connect-src 'self' ws://127.0.0.1:\(server.port)", "img-src 'self' data:",
                    "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
                ])
            #expect(reply["Referrer-Policy"] == "no-referrer")
            #expect(reply["Cross-Origin-Opener-Policy"] == "same-origin")
            #expect(reply["Permissions-Policy"]?.contains("camera=()") == true)
            #expect(reply["Access-Control-Allow-Origin"] == nil)
        }
    }

    @Test func `behind https the page may open wss`() async throws {
        try await withServer(["OTPLESS_PUBLIC_URL": "https://login.example.com/x"]) { server in
            let policy = try server.call("GET", "/")["Content-Security-Policy"]
            #expect(policy?.contains("connect-src 'self' wss://login.example.com;") == true)
        }
    }
}

extension String {
    var escaped: String {
        [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;"), ("'", "&#39;")]
            .reduce(self) { $0.replacing($1.0, with: $1.1) }
    }
}
