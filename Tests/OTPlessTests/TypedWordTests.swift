import OTPless
import Testing

struct TypedWordTests {
    @Test(arguments: [
        "yes", "Yes", "YES.", " yes \n", "yes!!", "confirm", "Confirm", "Sí", "si", "sim", "JA",
        "bestätigen", "Besta\u{308}tigen", "oui.", "ya", "Konfirmasi", "हाँ।", "पुष्टि करें", "نعم",
        "\u{200F}نعم\u{200F}", "تأكيد!", "confirmer", "confirmar",
    ])
    func `an affirmative word of any language confirms`(_ text: String) {
        #expect(TypedWord.verb(of: text) == .confirm)
    }

    @Test(arguments: [
        "no", " NO ", "No.", "deny", "Deny!", "stop", "STOP", "nein", "Stopp", "non", "não", "nao",
        "rechazar", "Recusar", "ablehnen", "refuser", "नहीं", "tidak", "tolak", "لا", "رفض؟",
    ])
    func `a negative word of any language denies`(_ text: String) {
        #expect(TypedWord.verb(of: text) == .deny)
    }

    @Test(arguments: [
        "", " ", "!", "y", "ye s", "yes please", "yes, it's me", "Yes 👍", "👍", "ok", "1", "no way",
        "not no", "yesno", "confirmed", "y\u{200B}es", "уes", "¿sí", "yes\nyes",
        String(repeating: " ", count: 500) + "yes",
    ])
    func `whatever else says nothing`(_ text: String) {
        #expect(TypedWord.verb(of: text) == nil)
    }

    @Test func `no word both confirms and denies`() {
        for texts in MessageTexts.all {
            #expect(TypedWord.verb(of: texts.confirm) == .confirm)
            #expect(TypedWord.verb(of: texts.deny) == .deny)
            for word in texts.affirmative { #expect(TypedWord.verb(of: word) == .confirm) }
            for word in texts.negative { #expect(TypedWord.verb(of: word) == .deny) }
        }
    }
}
