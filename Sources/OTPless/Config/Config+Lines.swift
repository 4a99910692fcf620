extension Config {
    /// The configuration in effect as an `EnvFile`, in the order of the catalogue.
    ///
    /// Secrets are `***`. A comment marks what the environment, from which the configuration was read,
    /// does not set.
    public func lines(setIn environment: [String: String]) -> [String] {
        Setting.all.flatMap { setting -> [String] in
            let isSet = !environment[setting.name, default: ""].isEmpty
            guard setting.isAvailable || isSet else { return [] }
            guard let text = setting.text(self) else {
                return ["# \(setting.name) is not set"]
            }
            let line = EnvFile.line(setting.name, text)
            return isSet ? [line] : ["# default" + setting.reason, line]
        }
    }
}

extension Setting {
    /// Where a default comes from, unless it is always the same.
    fileprivate var reason: String {
        guard case .derived(let words) = standard else { return "" }
        return ": " + words
    }
}
