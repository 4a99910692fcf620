import OTPless
import Wire

extension CrossOrigin {
    /// Lets pages of the allowed origins sign in and use the account.
    ///
    /// Webhooks, metrics and health are for programs, which ask no browser.
    convenience init(_ config: Config) {
        self.init(origins: config.allowedOrigins, below: ["/api/auth/", "/api/user/"])
    }
}
