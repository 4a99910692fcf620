extension RateLimit {
    private static let counts = 1...1000
    private static let windows = Duration.seconds(1)...Duration.seconds(30 * 86_400)
    private static let mostRates = 8

    /// Reads a setting: rates such as `3/1h` with commas between them, a window each.
    init?(setting text: String) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let rates = parts.compactMap { Rate(setting: String($0).trimmed) }
        guard rates.count == parts.count, rates.count <= Self.mostRates,
            Set(rates.map(\.window)).count == rates.count
        else { return nil }
        self.init(rates.sorted { $0.window < $1.window })
    }

    /// The limit as a setting, the shortest window first.
    var setting: String {
        rates.map { "\($0.count)/\($0.window.setting)" }.joined(separator: ",")
    }

    fileprivate static func isFit(_ count: Int, _ window: Duration) -> Bool {
        counts.contains(count) && windows.contains(window)
    }
}

extension RateLimit.Rate {
    /// Reads `3/1h`.
    fileprivate init?(setting text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        // `Int` takes a sign.
        guard parts.count == 2, parts[0].allSatisfy(\.isASCIIDigit), let count = Int(parts[0]),
            let window = Duration(setting: String(parts[1])), RateLimit.isFit(count, window)
        else { return nil }
        self.init(count, per: window)
    }
}

extension Notation where Value == RateLimit {
    /// How often something may happen.
    static let rates = Notation(
        expectation:
            "must be rates such as 3/1h, several with commas and a window of its own each, "
            + "from 1 to 1000 times within 1s to 30d"
    ) {
        RateLimit(setting: $0)
    } print: {
        $0.setting
    }
}
