import OTPless

/// A JSON object that describes faults: every member is known and of its type, or is named.
///
/// Null counts as absent.
struct FaultFields {
    private let value: JSONValue
    /// What stands before a member's name in a message, such as `send.`.
    private let prefix: String

    /// - Throws: `INVALID_PARAMETERS` unless it is an object with no other members than these.
    init(_ value: JSONValue, at path: String, names: [String]) throws(Failure) {
        self.value = value
        prefix = path.isEmpty ? "" : path + "."
        guard value.kind == .object else { throw Self.failure(path, "must be an object") }
        for (name, _) in value.members where !names.contains(name) {
            throw Self.failure(self.path(name), "is not the name of a fault")
        }
    }

    func value(_ name: String) -> JSONValue? {
        value[name].flatMap { $0.isNull ? nil : $0 }
    }

    func integer(_ name: String, _ range: ClosedRange<Int>) throws(Failure) -> Int? {
        guard let value = value(name) else { return nil }
        guard let number = value.integer.map({ Int($0) }), range.contains(number) else {
            throw failure(
                name, "must be an integer from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func flag(_ name: String) throws(Failure) -> Bool? {
        guard let value = value(name) else { return nil }
        guard let flag = value.bool else { throw failure(name, "must be true or false") }
        return flag
    }

    /// A word of an enumeration.
    func word<Word: RawRepresentable<String> & CaseIterable>(
        _ name: String
    ) throws(Failure) -> Word? {
        guard let value = value(name) else { return nil }
        return try Self.word(value, path(name))
    }

    /// A list of different words of an enumeration.
    func words<Word: RawRepresentable<String> & CaseIterable & Hashable>(
        _ name: String
    ) throws(Failure) -> Set<Word>? {
        guard let value = value(name) else { return nil }
        guard value.kind == .array else { throw failure(name, "must be a list") }
        var words: Set<Word> = []
        for element in value.elements { words.insert(try Self.word(element, path(name))) }
        return words
    }

    /// A time in milliseconds, a minute at most.
    func duration(_ name: String) throws(Failure) -> Duration? {
        try integer(name, 0...60_000).map { .milliseconds($0) }
    }

    /// A phone, by its digits.
    func phone(_ name: String) throws(Failure) -> String {
        guard let text = value(name)?.string, let phone = PhoneNumber(waID: text) else {
            throw failure(name, "must be the digits of a phone number")
        }
        return phone.digits
    }

    /// A member's name with where it stands.
    func path(_ name: String) -> String { prefix + name }

    func failure(_ name: String, _ what: String) -> Failure { Self.failure(path(name), what) }

    private static func word<Word: RawRepresentable<String> & CaseIterable>(
        _ value: JSONValue, _ name: String
    ) throws(Failure) -> Word {
        guard let word = value.string.flatMap({ Word(rawValue: $0) }) else {
            let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw failure(name, "must be one of \(words)")
        }
        return word
    }

    private static func failure(_ name: String, _ what: String) -> Failure {
        let field = name.isEmpty ? "faults" : name
        return Failure(.invalidParameters, field: field, details: "\(field) \(what)")
    }
}
