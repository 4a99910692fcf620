/// A prompt in the shapes of the Cloud API.
extension Prompt {
    /// The members `type` and `interactive`: a message with reply buttons, or one that asks for the
    /// number of whoever hides it.
    ///
    /// Source: "Interactive reply buttons messages"; "Business-scoped user IDs" for the other one.
    func writeInteractive(to writer: inout JSONWriter) {
        let isButtons = if case .contact = subject { false } else { true }
        writer.member("type", "interactive")
        writer.object("interactive") { writer in
            writer.member("type", isButtons ? "button" : "request_contact_info")
            writer.object("body") { $0.member("text", text) }
            writer.object("action") { action in
                guard isButtons else { return action.member("name", "request_contact_info") }
                action.objects("buttons", buttons) { button, writer in
                    writer.member("type", "reply")
                    writer.object("reply") { reply in
                        reply.member("id", button.payload.text)
                        reply.member("title", button.title)
                    }
                }
            }
        }
    }

    /// What the message says.
    private var text: String {
        let (texts, values) = (texts, values)
        return switch subject {
        case .confirmation: texts.body(app: values[0], device: values[1], time: values[2])
        case .number: texts.numberBody(app: values[0], device: values[1], time: values[2])
        case .contact: texts.contactBody(app: values[0])
        }
    }

    /// The buttons of the question; where a number is asked for, none confirms.
    private var buttons: [(payload: AnswerPayload, title: String)] {
        let deny = (deny, texts.deny)
        return if case .confirmation = subject { [(confirm, texts.confirm), deny] } else { [deny] }
    }

    /// The members `type` and `template`: body values, and the payloads of the quick replies.
    ///
    /// Source: "Template messages"; the titles of the buttons are the template's own.
    func write(_ template: MessageTemplate, to writer: inout JSONWriter) {
        writer.member("type", "template")
        writer.object("template") { writer in
            writer.member("name", template.name)
            writer.object("language") { language in
                language.member("code", template.language(for: languages))
                language.member("policy", "deterministic")
            }
            writer.array("components") { writer in
                writer.object { writer in
                    writer.member("type", "body")
                    writer.objects("parameters", values) { value, writer in
                        writer.member("type", "text")
                        writer.member("text", value)
                    }
                }
                for (index, button) in buttons.enumerated() {
                    writer.object { quickReply(index, button.payload, &$0) }
                }
            }
        }
    }

    private func quickReply(_ index: Int, _ payload: AnswerPayload, _ writer: inout JSONWriter) {
        writer.member("type", "button")
        writer.member("sub_type", "quick_reply")
        writer.member("index", String(index))
        writer.objects("parameters", [payload]) { payload, writer in
            writer.member("type", "payload")
            writer.member("payload", payload.text)
        }
    }
}

extension MessageTemplate {
    /// The code of the language to send: the first one wanted that the template was approved in.
    func language(for tags: [String]) -> String {
        for tag in tags {
            let wanted = tag.replacing("-", with: "_").lowercased()
            let exact = languages.first { $0.lowercased() == wanted }
            if let found = exact
                ?? languages.first(where: { Self.primary($0) == Self.primary(wanted) })
            {
                return found
            }
        }
        return languages.first ?? "en"
    }

    private static func primary(_ code: String) -> String { code.prefix { $0 != "_" }.lowercased() }
}
