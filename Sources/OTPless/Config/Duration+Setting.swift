extension Duration {
    private static let units: KeyValuePairs<Character, Int64> = [
        "d": 86_400, "h": 3600, "m": 60, "s": 1,
    ]

    /// Reads a setting: digits and one of `s`, `m`, `h`, `d`.
    public init?(setting text: String) {
        guard let unit = Self.units.first(where: { $0.key == text.last }),
            text.dropLast().allSatisfy(\.isASCIIDigit),
            let count = Int64(text.dropLast()), count <= 100_000_000
        else { return nil }
        self = .seconds(count * unit.value)
    }

    /// The duration as a setting, in the largest unit that divides it.
    var setting: String {
        let seconds = Int64(wholeSeconds)
        for (unit, length) in Self.units where seconds >= length && seconds % length == 0 {
            return "\(seconds / length)\(unit)"
        }
        return "\(seconds)s"
    }
}

extension Character {
    var isASCIIDigit: Bool { isASCII && isWholeNumber }
}
