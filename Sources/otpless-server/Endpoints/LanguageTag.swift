import Wire

/// Tags of languages, as RFC 5646 writes them.
enum LanguageTag {
    /// Whether a text has the shape of RFC 5646 §2.1: subtags of 1 to 8 letters and digits.
    static func isValid(_ text: some StringProtocol) -> Bool {
        text.utf8.count <= 64
            && text.split(separator: "-", omittingEmptySubsequences: false).allSatisfy {
                1...8 ~= $0.count && $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
            }
    }
}

extension Request {
    /// The tags of `Accept-Language` with commas, the most wanted first; at most five.
    ///
    /// RFC 9110 §12.5.4; what is malformed or unwanted (`q=0`) is passed over, and so is `*`.
    var acceptedLanguages: String? {
        let ranges = (headers["accept-language"] ?? "").split(separator: ",").prefix(20)
        let weighted = ranges.enumerated().compactMap { index, range in
            Self.weighted(range).map { (tag: $0.tag, weight: $0.weight, index: index) }
        }
        let tags = weighted.sorted { ($1.weight, $0.index) < ($0.weight, $1.index) }.map(\.tag)
        return tags.isEmpty ? nil : tags.prefix(5).joined(separator: ",")
    }

    private static func weighted(_ range: Substring) -> (tag: String, weight: Double)? {
        let parts = range.filter { $0 != " " && $0 != "\t" }.split(separator: ";")
        guard let tag = parts.first, LanguageTag.isValid(tag) else { return nil }
        let parameter = parts.dropFirst().first { $0.lowercased().hasPrefix("q=") }
        let weight = parameter.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
        return weight > 0 && weight <= 1 ? (String(tag), weight) : nil
    }
}
