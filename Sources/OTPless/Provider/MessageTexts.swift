import Loop

/// The words of a prompt in one language, within Meta's limits: a body of 1,024 characters, button
/// titles of 20.
///
/// The interactive message and the template say the same; only whose approval they need differs.
public struct MessageTexts: Sendable {
    /// The language as Meta and BCP 47 write its primary subtag: `pt`.
    public let language: String

    /// The title of the button that confirms.
    public let confirm: String

    /// The title of the button that denies.
    public let deny: String

    /// The body, with `{{1}}` for the app, `{{2}}` for browser and system, `{{3}}` for the time.
    ///
    /// A template's variables may neither begin nor end it.
    public let body: String

    /// The body where a number confirms, with the same three variables.
    public let numberBody: String

    /// What asks a person for the number they hide, with `{{1}}` for the app.
    let contactBody: String

    /// The text that a page's link puts into the chat, with `{{1}}` for the app and `{{2}}` for the code.
    let linkText: String

    /// What stands for browser and system where they are not known.
    public let unknownDevice: String

    /// Words that confirm when they are typed, in lower case, beside the button's title.
    package let affirmative: [String]

    /// Words that deny when they are typed, in lower case, beside the button's title.
    package let negative: [String]

    /// The texts of the first of these language tags that has any; else English.
    public static func preferred(_ tags: [String]) -> MessageTexts {
        tags.lazy.compactMap { language($0) }.first ?? english
    }

    /// The texts of a tag such as `pt-BR` or `pt_BR`; nil for a language that has none.
    public static func language(_ tag: String) -> MessageTexts? {
        let primary = tag.prefix { $0 != "-" && $0 != "_" }.lowercased()
        return all.first { $0.language == primary }
    }

    /// The body with its three values; none may break a line, or Meta refuses the message.
    ///
    /// In one pass: a value that reads like a variable is none.
    package func body(app: String, device: String, time: String) -> String {
        Self.filled(body, [app, device, time])
    }

    /// The body that asks for a number, with its three values.
    package func numberBody(app: String, device: String, time: String) -> String {
        Self.filled(numberBody, [app, device, time])
    }

    /// The question for a hidden number.
    package func contactBody(app: String) -> String { Self.filled(contactBody, [app]) }

    /// The text with a page's code.
    package func linkText(app: String, code: String) -> String {
        Self.filled(linkText, [app, code])
    }

    private static func filled(_ text: String, _ values: [String]) -> String {
        text.utf8.split(separator: UInt8(ascii: "{")).reduce(into: "") { text, part in
            let number = part.first.map { Int($0) - Int(UInt8(ascii: "1")) } ?? -1
            guard values.indices.contains(number) else {
                text += Substring(part)
                return
            }
            text += values[number]
            text += Substring(part.dropFirst("1}}".count))
        }
    }
}

extension Prompt {
    /// The words of this prompt.
    var texts: MessageTexts { .preferred(languages) }

    /// The values of the body's variables: app, browser and system, time.
    var values: [String] {
        let time = CivilTime(unixSeconds: Int(time.seconds))
        return [
            MessageTexts.line(appName), device ?? texts.unknownDevice,
            "\(time.hour.padded(to: 2)):\(time.minute.padded(to: 2)) UTC",
        ]
    }
}

extension MessageTexts {
    /// One line of at most 60 characters, without the runs of spaces that Meta refuses.
    static func line(_ text: String) -> String {
        // Most names, without a look at their characters.
        if text.utf8.count <= 60, text.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) { return text }
        let words = text.split { $0.isWhitespace || $0.isNewline }
        return String(words.joined(separator: " ").prefix(60))
    }
}
