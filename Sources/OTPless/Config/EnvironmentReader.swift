/// Takes values out of the environment and gathers every fault on the way.
struct EnvironmentReader {
    private var rest: [String: String]
    private(set) var faults: [ConfigFault] = []

    init(_ environment: [String: String]) {
        rest = environment.filter { $0.key.hasPrefix("OTPLESS_") }
    }

    mutating func fault(_ name: String, _ problem: String) {
        faults.append(ConfigFault(name: name, problem: problem))
    }

    /// The value of a variable; nil when it is unset or empty.
    mutating func optional(_ name: String) -> String? {
        let value = rest.removeValue(forKey: name)
        return value == "" ? nil : value
    }

    /// The value of a variable that must be set.
    mutating func required(_ name: String, _ what: String) -> String {
        guard let value = optional(name) else {
            fault(name, "is required: \(what)")
            return ""
        }
        return value
    }

    /// A value that a parser understands, or the default.
    mutating func value<T>(
        _ name: String, or standard: T, _ expectation: String, _ parse: (String) -> T?
    ) -> T {
        guard let text = optional(name) else { return standard }
        guard let value = parse(text) else {
            fault(name, expectation)
            return standard
        }
        return value
    }

    /// A duration such as `300s`, `5m`, `1h`, `30d`, within bounds.
    mutating func duration(
        _ name: String, or standard: Duration, within bounds: ClosedRange<Duration>
    ) -> Duration {
        value(
            name, or: standard,
            "must be a duration such as 300s, 5m, 1h or 30d, from "
                + "\(bounds.lowerBound.wholeSeconds)s to \(bounds.upperBound.wholeSeconds)s"
        ) { text in
            Duration(setting: text).flatMap { bounds.contains($0) ? $0 : nil }
        }
    }

    /// A setting of the contract that this version does not have: only `inert` values pass.
    mutating func notYet(_ name: String, except inert: String...) {
        guard let value = optional(name), !inert.contains(value) else { return }
        let only = inert.isEmpty ? "" : " (only \(inert.joined(separator: ", ")))"
        fault(name, "is not available yet\(only)")
    }

    /// Whatever is left is unknown, except for what tests and container platforms set.
    mutating func refuseTheRest() {
        let platform = ["OTPLESS_TEST_", "OTPLESS_SERVICE_", "OTPLESS_PORT"]
        for name in rest.keys.sorted() where !platform.contains(where: name.hasPrefix) {
            fault(name, "is not a setting of this server")
        }
    }
}

extension Duration {
    /// Reads a setting: digits and one of `s`, `m`, `h`, `d`.
    init?(setting text: String) {
        let factors: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = text.last.flatMap({ factors[$0] }),
            text.dropLast().allSatisfy(\.isASCIIDigit),
            let count = Int64(text.dropLast()), count <= 100_000_000
        else { return nil }
        self = .seconds(count * unit)
    }
}

extension Character {
    var isASCIIDigit: Bool { isASCII && isWholeNumber }
}
