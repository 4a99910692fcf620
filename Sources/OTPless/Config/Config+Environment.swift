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
}
