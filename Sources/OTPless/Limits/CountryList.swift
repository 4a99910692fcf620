/// Whose numbers may sign in, by how these begin: some countries' alone, or all but some.
public struct CountryList: Hashable, Sendable {
    /// Whether the list names who may sign in, or who may not.
    private let isAllowed: Bool

    /// Calling codes, perhaps with digits of the country's own behind them; without the plus.
    private let prefixes: [String]

    /// Codes of two digits (ITU-T E.164, list of assigned codes); 1 and 7 stand alone, all others have
    /// three.
    private static let shortCodes: Set<String> = [
        "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46",
        "47", "48", "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63",
        "64", "65", "66", "81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98",
    ]

    /// As many digits as the shortest number has.
    private static let longestPrefix = 7

    /// Reads a setting: `+49,+41`, or `-+979`; not both kinds, and nothing twice.
    init?(setting text: String) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
            .map { String($0).trimmed }
        isAllowed = !text.contains("-")
        let mark = isAllowed ? "+" : "-+"
        prefixes = parts.compactMap { part in
            let digits = String(part.dropFirst(mark.count))
            return part.hasPrefix(mark) && Self.isPrefix(digits) ? digits : nil
        }
        guard prefixes.count == parts.count, Set(prefixes).count == parts.count else { return nil }
    }

    /// Whether digits are a whole calling code at least: no code begins like another one, so a shorter
    /// text would be a typo that names several countries.
    private static func isPrefix(_ digits: String) -> Bool {
        guard digits.allSatisfy(\.isASCIIDigit), let first = digits.first, first != "0" else {
            return false
        }
        let length =
            "17".contains(first) ? 1 : shortCodes.contains(String(digits.prefix(2))) ? 2 : 3
        return length...longestPrefix ~= digits.count
    }

    /// The list as a setting.
    var setting: String {
        prefixes.map { (isAllowed ? "+" : "-+") + $0 }.joined(separator: ",")
    }

    /// Whether a number may sign in; the same for all spellings of a phone.
    func admits(_ phone: PhoneNumber) -> Bool {
        let isListed = phone.variants.contains { variant in
            prefixes.contains { variant.digits.hasPrefix($0) }
        }
        return isListed == isAllowed
    }
}

extension Notation where Value == CountryList {
    /// Whose numbers may sign in.
    static let countries = Notation(
        expectation: "must be calling codes: those allowed, such as +49,+41, or with a minus each "
            + "those that are not, such as -+979"
    ) {
        CountryList(setting: $0)
    } print: {
        $0.setting
    }
}
