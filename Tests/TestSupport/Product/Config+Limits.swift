package import OTPless

extension Config {
    /// The defaults without limits, for tests in which many logins are one phone's.
    package static var unlimited: Config {
        var config = Config()
        config.limits.phone = nil
        config.limits.network = nil
        return config
    }
}
