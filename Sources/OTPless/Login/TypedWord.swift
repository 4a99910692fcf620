/// A word that a person typed instead of tapping a button.
package enum TypedWord {
    /// What a text says if it is nothing but an affirmative or a negative word, in any of the
    /// languages: whoever answers may not use the language of the message.
    package static func verb(of text: String) -> AnswerPayload.Verb? {
        // The longest word has fewer; a whole book need not be folded.
        guard text.utf8.count <= 200 else { return nil }
        return words[normalized(text)]
    }

    /// Lower case, without white space at both ends and punctuation at the end.
    static func normalized(_ text: String) -> String {
        let scalars = text.unicodeScalars.drop(while: isIgnored).reversed().drop {
            isIgnored($0) || isFinal($0)
        }
        return String(String.UnicodeScalarView(scalars.reversed())).lowercased()
    }

    private static let words: [String: AnswerPayload.Verb] = {
        var words: [String: AnswerPayload.Verb] = [:]
        for texts in MessageTexts.all {
            for word in texts.affirmative + [texts.confirm] { words[word.lowercased()] = .confirm }
            for word in texts.negative + [texts.deny] { words[word.lowercased()] = .deny }
        }
        return words
    }()

    /// White space, and the marks that keyboards put around right-to-left text.
    private static func isIgnored(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || scalar.properties.generalCategory == .format
    }

    private static func isFinal(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .otherPunctuation
    }
}
