extension Config {
    /// What works as configured, but not as an operator may expect; told at start and by `/readyz`.
    public var warnings: [String] {
        [
            "There are no rate limits yet: limit /api/auth/initiate in the reverse proxy",
            "There is no message template yet: only people who wrote to the business in the last "
                + "24 hours can be reached",
        ]
    }
}
