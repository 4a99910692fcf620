/// How the value of a setting is written.
struct Notation<Value: Sendable>: Sendable {
    /// What a value must be, for an operator who wrote something else.
    let expectation: String

    /// The value of a text; nil when the text is not one.
    let parse: @Sendable (String) -> Value?

    /// A value as it is written; nil when there is none to write.
    let print: @Sendable (Value) -> String?
}

extension Notation {
    /// A value, or the word that says that there is none.
    static func unless<Wrapped>(_ word: String, _ notation: Notation<Wrapped>) -> Notation
    where Value == Wrapped? {
        Notation(expectation: notation.expectation + ", or \(word)") { text in
            text == word ? .some(nil) : notation.parse(text).map(Optional.some)
        } print: { value in
            value.map(notation.print) ?? word
        }
    }

    /// A value that is missing until it is set.
    static func perhaps<Wrapped>(_ notation: Notation<Wrapped>) -> Notation
    where Value == Wrapped? {
        Notation(expectation: notation.expectation) { text in
            notation.parse(text).map(Optional.some)
        } print: { value in
            value.flatMap(notation.print)
        }
    }
}

extension Notation where Value == String {
    /// Text that a rule allows, perhaps in another form than it is kept in.
    static func text(
        _ expectation: String, _ parse: @escaping @Sendable (String) -> String?
    ) -> Notation {
        Notation(expectation: expectation, parse: parse) { $0 }
    }

    /// Text of at most that many bytes.
    static func atMost(bytes: Int) -> Notation {
        text("must have at most \(bytes) bytes") { $0.utf8.count <= bytes ? $0 : nil }
    }
}

extension Notation {
    /// Things with commas between them, at least one; nothing to write where there is none.
    static func list<Element: CustomStringConvertible>(
        _ expectation: String, _ parse: @escaping @Sendable (String) -> Element?
    ) -> Notation where Value == [Element] {
        Notation(expectation: expectation) { text in
            let parts = text.split(separator: ",")
            let values = parts.compactMap { parse(String($0).trimmed) }
            return !values.isEmpty && values.count == parts.count ? values : nil
        } print: { values in
            values.isEmpty ? nil : values.map(\.description).joined(separator: ",")
        }
    }
}

extension Notation where Value == Secret {
    /// A secret, never printed.
    static func secret(
        _ expectation: String, _ isFit: @escaping @Sendable (Secret) -> Bool = { _ in true }
    ) -> Notation {
        Notation(expectation: expectation) { text in
            let secret = Secret(text)
            return isFit(secret) ? secret : nil
        } print: { secret in
            secret.bytes.isEmpty ? nil : secret.description
        }
    }
}

extension Notation where Value == Int {
    /// A whole number within bounds.
    static func number(_ bounds: ClosedRange<Int>) -> Notation {
        Notation(
            expectation: "must be a number from \(bounds.lowerBound) to \(bounds.upperBound)"
        ) { text in
            Int(text).flatMap { bounds.contains($0) ? $0 : nil }
        } print: {
            String($0)
        }
    }
}

extension Notation where Value == Duration {
    /// A duration within bounds.
    static func duration(_ bounds: ClosedRange<Duration>) -> Notation {
        Notation(
            expectation: "must be a duration such as 300s, 5m, 1h or 30d, from "
                + "\(bounds.lowerBound.setting) to \(bounds.upperBound.setting)"
        ) { text in
            Duration(setting: text).flatMap { bounds.contains($0) ? $0 : nil }
        } print: {
            $0.setting
        }
    }
}

extension Notation where Value == Log.Level {
    /// The name of a level.
    static let level = Notation(expectation: "must be debug, info, warning or error") { text in
        Log.Level(rawValue: text)
    } print: {
        $0.rawValue
    }
}

extension Unicode.Scalar {
    var isControl: Bool { properties.generalCategory == .control }
}
