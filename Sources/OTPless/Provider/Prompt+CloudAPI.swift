/// A prompt in the shapes of the Cloud API.
extension Prompt {
    /// The members `type` and `interactive`: a message with two reply buttons.
    ///
    /// Source: "Interactive reply buttons messages".
    func writeButtons(to writer: inout JSONWriter) {
        let texts = texts
        let values = values
        writer.member("type", "interactive")
        writer.object("interactive") { writer in
            writer.member("type", "button")
            writer.object("body") { body in
                body.member(
                    "text", texts.body(app: values[0], device: values[1], time: values[2]))
            }
            writer.object("action") { action in
                action.objects("buttons", [(confirm, texts.confirm), (deny, texts.deny)]) {
                    button, writer in
                    writer.member("type", "reply")
                    writer.object("reply") { reply in
                        reply.member("id", button.0.text)
                        reply.member("title", button.1)
                    }
                }
            }
        }
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
                for (index, payload) in [confirm, deny].enumerated() {
                    writer.object { quickReply(index, payload, &$0) }
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
