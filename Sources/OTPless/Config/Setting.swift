/// One setting an operator can make: what it is for, how it is read into a `Config` and printed again.
struct Setting: Sendable {
    /// What holds when the setting is not made.
    enum Standard: Sendable {
        /// Nothing does: it must be made.
        case required

        /// What a fresh `Config` holds.
        case fixed

        /// What follows from other settings or from the machine, in words.
        case derived(String)
    }

    /// The variable, such as `OTPLESS_LISTEN`.
    let name: String

    /// What it is for, as a part of a sentence in Markdown.
    let meaning: String

    let standard: Standard

    /// Whether its value is never shown.
    let isSecret: Bool

    /// Whether this version has what it sets.
    let isAvailable: Bool

    /// The value in a configuration as it is written; nil when there is none.
    let text: @Sendable (Config) -> String?

    /// Puts a value into a configuration; returns what is wrong with it.
    private let read: @Sendable (String, inout Config) -> String?

    /// Puts what follows from other settings into a configuration.
    private let derive: @Sendable (inout Config) -> Void

    /// Reads the value of the setting's variable, an empty one as none, and returns what is wrong.
    func take(_ value: String?, into config: inout Config) -> String? {
        if let value, !value.isEmpty { return read(value, checked: &config) }
        if case .required = standard { return "is required: \(meaning)" }
        derive(&config)
        return nil
    }

    private func read(_ value: String, checked config: inout Config) -> String? {
        // A secret is nobody's line; anything else may be printed, logged, or sent in a message.
        if !isSecret, value.unicodeScalars.contains(where: \.isControl) {
            return "must not have control characters"
        }
        return read(value, &config)
    }
}

extension Setting {
    /// A setting with a place in the configuration.
    ///
    /// - Parameter derive: What holds when the setting is not made; it may look at settings before it.
    private init<Value>(
        _ name: String, _ place: any WritableKeyPath<Config, Value> & Sendable,
        _ notation: Notation<Value>, _ standard: Standard, _ meaning: String,
        derive: @escaping @Sendable (inout Config) -> Void = { _ in }
    ) {
        self.name = name
        self.meaning = meaning
        self.standard = standard
        self.derive = derive
        isSecret = Value.self == Secret.self || Value.self == Secret?.self
        isAvailable = true
        text = { notation.print($0[keyPath: place]) }
        read = { text, config in
            guard let value = notation.parse(text) else { return notation.expectation }
            config[keyPath: place] = value
            return nil
        }
    }

    /// A setting that must be made.
    static func required<Value>(
        _ name: String, _ place: any WritableKeyPath<Config, Value> & Sendable,
        _ notation: Notation<Value>, _ meaning: String
    ) -> Setting {
        Setting(name, place, notation, .required, meaning)
    }

    /// A setting whose default stands in `Config`.
    static func optional<Value>(
        _ name: String, _ place: any WritableKeyPath<Config, Value> & Sendable,
        _ notation: Notation<Value>, _ meaning: String
    ) -> Setting {
        Setting(name, place, notation, .fixed, meaning)
    }

    /// A setting whose default follows from settings before it, which `words` name.
    static func derived<Value>(
        _ name: String, _ place: any WritableKeyPath<Config, Value> & Sendable,
        _ notation: Notation<Value>, from words: String, _ meaning: String,
        _ value: @escaping @Sendable (Config) -> Value
    ) -> Setting {
        Setting(name, place, notation, .derived(words), meaning) { config in
            config[keyPath: place] = value(config)
        }
    }

    /// A setting of the contract that this version does not have: only values that ask for what
    /// happens anyway pass, so that nobody thinks another one has an effect.
    static func notYet(_ name: String, except inert: String? = nil, _ meaning: String) -> Setting {
        Setting(notYet: name, except: inert, meaning)
    }

    private init(notYet name: String, except inert: String?, _ meaning: String) {
        self.name = name
        self.meaning = meaning
        standard = .fixed
        isSecret = false
        isAvailable = false
        text = { _ in inert }
        derive = { _ in }
        read = { text, _ in
            if text == inert { return nil }
            return "is not available yet" + (inert.map { " (only \($0))" } ?? "")
        }
    }
}
