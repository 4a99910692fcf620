import OTPless
import Wire

extension CrossOrigin {
    /// Lets pages of the allowed origins sign in and use the account.
    ///
    /// Webhooks, metrics and health are for programs, which ask no browser.
    convenience init(_ config: Config) {
        // Where the refresh token's cookie is set, read and cleared.
        let cookies = ["/api/auth/claim", "/api/auth/refresh", "/api/auth/logout"]
        self.init(
            origins: config.allowedOrigins, below: ["/api/auth/", "/api/user/"],
            cookiesAt: config.refreshCookie ? cookies : [])
    }
}
