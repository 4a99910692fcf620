import OTPless

extension Command {
    static let template = Command(
        name: "template", summary: "print the message templates, ready to submit to Meta",
        help: """
            usage: otpless-server template [--env-file FILE]

            \(Options.help)

            Prints the templates of OTPLESS_WHATSAPP_TEMPLATE and OTPLESS_WHATSAPP_MATCH_TEMPLATE,
            whichever are set, in each of their languages: a line of JSON each, the body of a POST
            to /WABA-ID/message_templates of Meta's Graph API.
            """
    ) { await Configured.run("template", $0, TemplateCommand.run) }
}

/// `otpless-server template`: the configured templates, as Meta wants them to be submitted.
///
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp/templates.
enum TemplateCommand {
    /// A template that can be configured.
    private struct Kind {
        let setting: String
        let template: MessageTemplate?
        let body: @Sendable (MessageTexts) -> String
        let buttons: @Sendable (MessageTexts) -> [String]
    }

    private static func kinds(_ config: Config.WhatsApp) -> [Kind] {
        [
            Kind(
                setting: "OTPLESS_WHATSAPP_TEMPLATE", template: config.template,
                body: \.body, buttons: { [$0.confirm, $0.deny] }),
            Kind(
                setting: "OTPLESS_WHATSAPP_MATCH_TEMPLATE", template: config.matchTemplate,
                body: \.numberBody, buttons: { [$0.deny] }),
        ]
    }

    static func run(_ configured: Configured) async -> ExitStatus {
        let config = configured.config
        let kinds = kinds(config.whatsApp).filter { $0.template != nil }
        guard !kinds.isEmpty else {
            return Configured.complain([
                "OTPLESS_WHATSAPP_TEMPLATE: is not set: such as login_confirm:en"
            ])
        }
        let faults = kinds.compactMap(fault)
        guard faults.isEmpty else { return Configured.complain(faults) }
        return Terminal.tell(kinds.flatMap { lines($0, config) }.joined(separator: "\n"))
    }

    private static func fault(_ kind: Kind) -> String? {
        let unknown = (kind.template?.languages ?? []).filter { MessageTexts.language($0) == nil }
        guard !unknown.isEmpty else { return nil }
        let known = MessageTexts.all.map(\.language).joined(separator: ", ")
        return "\(kind.setting): there is no text in \(unknown.joined(separator: ", ")), but in "
            + known
    }

    private static func lines(_ kind: Kind, _ config: Config) -> [String] {
        guard let template = kind.template else { return [] }
        return template.languages.compactMap { language in
            MessageTexts.language(language).map { texts in
                json(template.name, language, kind.body(texts), kind.buttons(texts), config)
            }
        }
    }

    private static func json(
        _ name: String, _ language: String, _ text: String, _ labels: [String], _ config: Config
    ) -> String {
        var writer = JSONWriter(reserving: 1024)
        writer.object { writer in
            writer.member("name", name)
            writer.member("language", language)
            writer.member("category", "UTILITY")
            writer.member("message_send_ttl_seconds", timeToLive(config.loginLifetime))
            writer.array("components") { writer in
                writer.object { body(text, config.appName, &$0) }
                writer.object { buttons(labels, &$0) }
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
