extension Config {
    /// Names of this server's prefix that are no settings: a typo must not pass as a default.
    ///
    /// What tests and container platforms set may pass.
    static func unknownNames(in environment: [String: String]) -> [ConfigFault] {
        let known = Set(Setting.all.map(\.name))
        let platform = ["OTPLESS_TEST_", "OTPLESS_SERVICE_", "OTPLESS_PORT"]
        let unknown = environment.keys.filter { name in
            name.hasPrefix("OTPLESS_") && !known.contains(name)
                && !platform.contains { name.hasPrefix($0) }
        }
        return unknown.sorted().map { name in
            let hint = settingMeant(by: name).map { "; did you mean \($0)?" } ?? ""
            return ConfigFault(name: name, problem: "is not a setting of this server" + hint)
        }
    }

    /// The setting whose name is nearest, if it is a typo away.
    private static func settingMeant(by name: String) -> String? {
        let typos = 3
        let written = Array(name.uppercased().utf8)
        let near = Setting.all.lazy.map { (name: $0.name, bytes: Array($0.name.utf8)) }
            .filter { abs($0.bytes.count - written.count) <= typos }
            .map { (name: $0.name, distance: distance($0.bytes, written)) }
            .min { $0.distance < $1.distance }
        return near.flatMap { $0.distance <= typos ? $0.name : nil }
    }

    /// How many bytes must be put in, left out or replaced to get from one text to the other.
    private static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
        var row = Array(0...other.count)
        for (line, byte) in one.enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for column in other.indices {
                let replaced = diagonal + (other[column] == byte ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
            }
        }
        return row[other.count]
    }
}
