import OTPless

/// What pages say in one language: a file of `Pages/words`, an object of strings.
struct PageWords {
    /// The tag of BCP 47, a primary subtag alone.
    let language: String

    private let words: JSONValue?

    init(_ file: PageFile) {
        language = String(file.name.prefix { $0 != "." })
        words = (try? JSONDocument(file.bytes))?.root
    }

    /// How the language is written, as the attribute `dir` has it.
    var direction: String { language == "ar" ? "rtl" : "ltr" }

    /// Nil for a key that the file does not have; a test sees to it that there is none.
    subscript(_ key: String) -> String? { words?[key]?.string }
}
