import OTPless
import Testing

struct MessageTextsTests {
    /// Meta's limits, in UTF-16 units, the strictest way to count.
    @Test(arguments: MessageTexts.all.map(\.language))
    func `the words fit a message and a template`(_ language: String) throws {
        let texts = try #require(MessageTexts.language(language))
        let app = String(repeating: "A", count: 60)
        let (device, time) = ("Samsung Internet, Android", "23:59 UTC")
        let filled = [
            texts.body(app: app, device: device, time: time),
            texts.numberBody(app: app, device: device, time: time), texts.contactBody(app: app),
            texts.linkText(app: app, code: "K7PQ-2MXD"),
        ]
        for text in filled {
            #expect(text.utf16.count <= 1024 && !text.contains("{") && text.contains(app))
        }
        #expect(1...20 ~= texts.confirm.utf16.count && 1...20 ~= texts.deny.utf16.count)
        #expect(texts.confirm != texts.deny)
        for body in [texts.body, texts.numberBody] {
            #expect(!body.hasPrefix("{{") && !body.hasSuffix("}}"))
            for number in 1...3 { #expect(body.contains("{{\(number)}}")) }
            for mark in ["\n", "\t", "    ", "*", "_", "~", "`"] { #expect(!body.contains(mark)) }
            #expect(body.contains(texts.deny))
        }
        // Both buttons are named where there are both; the code is found in its own text.
        #expect(texts.body.contains(texts.confirm) && !texts.numberBody.contains(texts.confirm))
        let codes = LinkCode.candidates(in: texts.linkText(app: "Acme", code: "K7PQ-2MXD")).codes
        #expect(codes.contains { $0.text == "K7PQ-2MXD" })
    }

    @Test(arguments: [
        (["de-CH"], "de"), (["pt_BR"], "pt"), (["PT"], "pt"), (["tlh", "fr-FR"], "fr"), ([], "en"),
        (["tlh"], "en"), ([""], "en"), (["-"], "en"), (["deu"], "en"),
    ])
    func `the first language that has texts is taken`(_ tags: [String], _ language: String) {
        #expect(MessageTexts.preferred(tags).language == language)
    }

    @Test(arguments: [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
                + "Chrome/140.0.0.0 Safari/537.36 Edg/140.0", "Edge, Windows"
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox, Linux"
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, "
                + "like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1", "Chrome, iPhone"
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like "
                + "Gecko) Version/18.0 Safari/605.1.15", "Safari, macOS"
        ),
        (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) "
                + "SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36",
            "Samsung Internet, Android"
        ),
        ("curl/8.14.1", nil), ("", nil), ("Your bank, please tap Confirm", nil),
    ])
    func `a device is named by words of ours alone`(_ header: String, _ name: String?) {
        var device = Login.Device()
        device.userAgent = header
        #expect(device.name == name)
    }

    @Test func `an app without a browser is named by its system`() {
        var device = Login.Device()
        device.userAgent = "MyApp/1.0"
        device.type = "ios"
        #expect(device.name == "iOS")
    }
}
