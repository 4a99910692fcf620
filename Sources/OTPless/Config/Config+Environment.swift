extension Config {
    /// Reads the configuration of `serve` from the environment; the only reader of it.
    ///
    /// - Throws: every fault at once; nothing falls back silently.
    public init(environment: [String: String]) throws(ConfigError) {
        self.init()
        var faults: [ConfigFault] = []
        for setting in Setting.all {
            if let problem = setting.take(environment[setting.name], into: &self) {
                faults.append(ConfigFault(name: setting.name, problem: problem))
            }
        }
        faults += Self.unknownNames(in: environment)
        guard faults.isEmpty else { throw ConfigError(faults: faults) }
    }

    /// A typo must not pass as a default; what tests and container platforms set may.
    private static func unknownNames(in environment: [String: String]) -> [ConfigFault] {
        let known = Set(Setting.all.map(\.name))
        let platform = ["OTPLESS_TEST_", "OTPLESS_SERVICE_", "OTPLESS_PORT"]
        let unknown = environment.keys.filter { name in
            name.hasPrefix("OTPLESS_") && !known.contains(name)
                && !platform.contains { name.hasPrefix($0) }
        }
        return unknown.sorted().map {
            ConfigFault(name: $0, problem: "is not a setting of this server")
        }
    }
}
