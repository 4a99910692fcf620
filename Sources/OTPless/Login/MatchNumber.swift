/// The number that a page shows and the person types on the phone: 10 to 99.
///
/// It is not a secret of the login, it says which login is meant: a stranger's looks no different
/// from one's own, until one is asked for the number on one's own screen.
public struct MatchNumber: Hashable, Sendable {
    /// 10 to 99.
    public let value: Int

    static let range = 10...99

    init?(rawValue value: Int) {
        guard Self.range ~= value else { return nil }
        self.value = value
    }

    /// Reads a text of two digits and nothing else, in whatever script the phone writes digits.
    public init?(typed text: String) {
        guard text.utf8.count <= 64 else { return nil }
        let digits = text.trimmed.unicodeScalars.map { scalar in
            scalar.properties.numericType == .decimal
                ? scalar.properties.numericValue.map { Int($0) } : nil
        }
        guard digits.count == 2, let tens = digits[0], let ones = digits[1] else { return nil }
        self.init(anyOfTwoDigits: tens * 10 + ones)
    }

    /// `07` is an answer too, though never the right one.
    private init(anyOfTwoDigits value: Int) {
        self.value = value
    }

    /// One of the numbers that are not taken; nil when all are.
    package static func make(besides taken: Set<MatchNumber>, _ entropy: Entropy) -> MatchNumber? {
        let free = range.compactMap { MatchNumber(rawValue: $0) }.filter { !taken.contains($0) }
        guard !free.isEmpty else { return nil }
        let random = entropy.bytes(8).reduce(0) { $0 << 8 | UInt64($1) }
        return free[Int(random % UInt64(free.count))]
    }

    /// Two digits, as the page shows them.
    public var text: String { value < 10 ? "0\(value)" : "\(value)" }
}
