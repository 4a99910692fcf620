import OTPless

extension Command {
    static let template = Command(
        name: "template", summary: "print the message template, ready to submit to Meta",
        help: """
            usage: otpless-server template [--env-file FILE]

            \(Options.help)

            Prints the template of OTPLESS_WHATSAPP_TEMPLATE in each of its languages: a line of
            JSON each, the body of a POST to /WABA-ID/message_templates of Meta's Graph API.
            """
    ) { await Configured.run("template", $0, TemplateCommand.run) }
}

/// `otpless-server template`: the configured template, as Meta wants it to be submitted.
///
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp/templates.
enum TemplateCommand {
    private static let name = "OTPLESS_WHATSAPP_TEMPLATE"

    static func run(_ configured: Configured) async -> ExitStatus {
        let config = configured.config
        guard let template = config.whatsApp.template else {
            return Configured.complain(["\(name): is not set: such as login_confirm:en"])
        }
        let unknown = template.languages.filter { MessageTexts.language($0) == nil }
        guard unknown.isEmpty else {
            let known = MessageTexts.all.map(\.language).joined(separator: ", ")
            return Configured.complain([
                "\(name): there is no text in \(unknown.joined(separator: ", ")), but in \(known)"
            ])
        }
        let lines = template.languages.compactMap { language in
            MessageTexts.language(language).map { texts in
                json(template.name, language, texts, config)
            }
        }
        return Terminal.tell(lines.joined(separator: "\n"))
    }

    private static func json(
        _ name: String, _ language: String, _ texts: MessageTexts, _ config: Config
    ) -> String {
        var writer = JSONWriter(reserving: 1024)
        writer.object { writer in
            writer.member("name", name)
            writer.member("language", language)
            writer.member("category", "UTILITY")
            writer.member("message_send_ttl_seconds", timeToLive(config.loginLifetime))
            writer.array("components") { writer in
                writer.object { body(texts.body, config.appName, &$0) }
                writer.object { buttons([texts.confirm, texts.deny], &$0) }
            }
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// Meta tries no longer than a login lives; its range for utility templates is 30 s to 12 h.
    private static func timeToLive(_ lifetime: Duration) -> Int {
        min(max(lifetime.wholeSeconds, 30), 43_200)
    }

    private static func body(_ text: String, _ appName: String, _ writer: inout JSONWriter) {
        writer.member("type", "BODY")
        writer.member("text", text)
        writer.object("example") { writer in
            writer.array("body_text") { writer in
                writer.array { writer in
                    for example in [appName, "Firefox, Linux", "14:05 UTC"] {
                        writer.value(example)
                    }
                }
            }
        }
    }

    private static func buttons(_ labels: [String], _ writer: inout JSONWriter) {
        writer.member("type", "BUTTONS")
        writer.objects("buttons", labels) { label, writer in
            writer.member("type", "QUICK_REPLY")
            writer.member("text", label)
        }
    }
}
