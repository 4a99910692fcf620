import Foundation
import TestSupport
import Testing

@Suite(.blocking, .timeLimit(.minutes(2)))
struct ClientScriptTests {
    private static let evil = "</script><!-- \"&'\u{2028}import.meta.url\\ \"@setup@\""

    @Test func `the client knows how the server is set up`() async throws {
        try await withServer { server in
            let setup = try server.clientSetup()
            #expect(
                setup.names == [
                    "appName", "methods", "cookie", "delivery", "resendAfter", "assets",
                ])
            #expect(setup["appName"].text == "127.0.0.1:\(server.port)")
            #expect(setup["methods"] == .list([.text("prompt"), .text("link")]))
            #expect(setup["delivery"] == .bool(true) && setup["cookie"] == .bool(false))
            #expect(setup["resendAfter"] == .number(0))
        }
        let settings = [
            "OTPLESS_METHODS": "link",
            "OTPLESS_REFRESH_COOKIE": "on", "OTPLESS_DELIVERY_EVENTS": "off",
            "OTPLESS_LIMIT_PHONE": "1/30s,1/90s,3/1h",
        ]
        try await withServer(settings) { server in
            let setup = try server.clientSetup()
            #expect(setup["methods"] == .list([.text("link")]))
            #expect(setup["delivery"] == .bool(false) && setup["cookie"] == .bool(true))
            #expect(setup["resendAfter"] == .number(90))
        }
    }

    @Test func `the module is the source with its setup, the classic script says the same`()
        async throws
    {
        try await withServer { server in
            let source = try PageFolder.text("otpless.js")
            let module = try server.call("GET", "/otpless.js")
            let classic = try server.call("GET", "/otpless.classic.js")
            for reply in [module, classic] {
                #expect(reply["Content-Type"] == "text/javascript; charset=utf-8")
                #expect(!reply.text.contains("@setup@"))
            }
            let parts = source.components(separatedBy: "\"@setup@\"")
            #expect(module.text.hasPrefix(parts[0]) && module.text.hasSuffix(parts[1]))
            #expect(classic.text.hasPrefix("(() => {\n") && classic.text.hasSuffix("\n})()\n"))
            #expect(!classic.text.contains("import.meta") && !classic.text.contains("\nexport "))
            #expect(source.contains("import.meta.url") && source.contains("\nexport "))
            #expect(classic.text.contains("document.currentScript.src"))
            let setups = try ["/otpless.js", "/otpless.classic.js"].map(server.clientSetup)
            #expect(setups[0] == setups[1])
            #expect(
                try server.call("GET", "/otpless.d.ts").body == PageFolder.read("otpless.d.ts"))
        }
    }

    @Test func `a name that looks like code is but a name`() async throws {
        try await withServer(["OTPLESS_APP_NAME": Self.evil]) { server in
            for path in ["/otpless.js", "/otpless.classic.js"] {
                let text = try server.call("GET", path).text
                for part in ["</script", "<!--", "\u{2028}", "&"] where part != "&" {
                    #expect(!text.contains(part), "\(path): \(part)")
                }
                #expect(try server.clientSetup(path)["appName"].text == Self.evil, "\(path)")
            }
            let page = try server.call("GET", "/").text
            #expect(!page.contains("</script><!--"))
            if try PageFolder.text("index.html").contains("{{appName}}") {
                #expect(page.contains(Self.evil.escaped))
            }
        }
    }
}
