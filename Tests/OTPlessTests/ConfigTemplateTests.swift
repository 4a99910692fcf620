import OTPless
import Testing

struct ConfigTemplateTests {
    @Test func `the templates of both confirmations have different names`() {
        var config = Config()
        config.whatsApp.template = MessageTemplate("a:en")
        config.whatsApp.matchTemplate = MessageTemplate("a:de")
        #expect(config.templateFaults.map(\.name) == ["OTPLESS_WHATSAPP_MATCH_TEMPLATE"])
        config.whatsApp.matchTemplate = MessageTemplate("b:en")
        #expect(config.templateFaults.isEmpty)
    }

    @Test(arguments: [
        ("login_confirm:en", "login_confirm", ["en"]),
        ("a:en,es,pt_BR", "a", ["en", "es", "pt_BR"]),
        ("2fa_:fil,zh_CN", "2fa_", ["fil", "zh_CN"]), ("a: en_US , en", "a", ["en_US", "en"]),
        (String(repeating: "x", count: 512) + ":en", String(repeating: "x", count: 512), ["en"]),
    ])
    func `a template has a name and languages`(_ text: String, _ name: String, _ list: [String])
        throws
    {
        let template = try #require(MessageTemplate(text))
        #expect(template.name == name)
        #expect(template.languages == list)
        #expect(MessageTemplate(template.description) == template)
    }

    @Test(arguments: [
        "", ":", "login", "login:", ":en", "login:en:es", "Login:en", "log in:en", "login-x:en",
        "lögin:en", "login:EN", "login:en-US", "login:en_us", "login:e", "login:engl",
        "login:en_USA", "login:en_", "login:_US", "login:en_US_x", "login:en,", "login:,en",
        "login:en,,es", "login:en,en", "login:en, en", "login:en;es", "login: ", "login\0:en",
        "login:en\u{301}", "login:ｅｎ", " login:en",
        String(repeating: "x", count: 513) + ":en",
    ])
    func `anything else is no template`(_ text: String) {
        #expect(MessageTemplate(text) == nil)
    }
}
