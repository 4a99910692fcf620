extension Config {
    /// Reads the configuration of `serve` from the environment.
    ///
    /// - Throws: every fault at once; nothing falls back silently.
    public init(environment: [String: String]) throws(ConfigError) {
        let (config, faults) = Self.read(environment)
        guard faults.isEmpty else { throw ConfigError(faults: faults) }
        self = config
    }

    /// What can be read of an environment, and every fault of it; the only reader of it.
    ///
    /// Where there are faults the configuration is for looking at, not for use.
    public static func read(
        _ environment: [String: String]
    ) -> (config: Config, faults: [ConfigFault]) {
        var config = Config()
        var faults: [ConfigFault] = []
        for setting in Setting.all {
            if let problem = setting.take(environment[setting.name], into: &config) {
                faults.append(ConfigFault(name: setting.name, problem: problem))
            }
        }
        let across =
            config.keyFaults(besides: faults) + config.tlsFaults(besides: faults)
            + config.cookieFaults(besides: faults) + config.templateFaults
        return (config, faults + across + unknownNames(in: environment))
    }
}
