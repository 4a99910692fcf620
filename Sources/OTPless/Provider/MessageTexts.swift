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
        body.utf8.split(separator: UInt8(ascii: "{")).reduce(into: "") { text, part in
            switch part.first {
            case UInt8(ascii: "1"): text += app
            case UInt8(ascii: "2"): text += device
            case UInt8(ascii: "3"): text += time
            default:
                text += Substring(part)
                return
            }
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
            Self.line(appName), device ?? texts.unknownDevice,
            "\(time.hour.padded(to: 2)):\(time.minute.padded(to: 2)) UTC",
        ]
    }

    /// One line of at most 60 characters, without the runs of spaces that Meta refuses.
    private static func line(_ text: String) -> String {
        // Most names, without a look at their characters.
        if text.utf8.count <= 60, text.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) { return text }
        let words = text.split { $0.isWhitespace || $0.isNewline }
        return String(words.joined(separator: " ").prefix(60))
    }
}
