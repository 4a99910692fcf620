import OTPless
import Testing

/// OTPLESS_REFRESH_COOKIE: refused where no browser would keep the cookie or send it.
struct ConfigCookieTests {
    private func faults(_ url: String, _ origins: String = "") -> [String] {
        ConfigTests.faults(adding: [
            "OTPLESS_REFRESH_COOKIE": "on", "OTPLESS_PUBLIC_URL": url,
            "OTPLESS_ALLOWED_ORIGINS": origins,
        ])
    }

    @Test(arguments: [
        ("https://login.example.com", ""),
        ("https://login.example.com", "https://app.example.com,https://example.com"),
        ("https://login.example.com:8443/x", "https://login.example.com,https://a.b.example.com:1"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:3000"), ("http://localhost:8080", ""),
        ("http://[::1]:8080", "http://[::1]:3000"), ("https://192.0.2.1", "https://192.0.2.1:444"),
    ])
    func `it may be on where pages and API are of one site`(url: String, origins: String) {
        #expect(faults(url, origins).isEmpty)
    }

    @Test(arguments: [
        ("http://login.example.com", ""), ("http://192.168.0.1", ""),
        ("https://login.example.com", "https://app.example.org"),
        ("https://login.example.com", "https://login.example.com,https://com"),
        ("https://login.example.com", "http://app.example.com"),
        ("https://example.com", "https://notexample.com"),
        ("http://127.0.0.1:8080", "http://localhost:8080"),
        ("http://127.0.0.1:8080", "http://127.1.0.1:8080"),
        ("https://192.0.2.1", "https://198.51.2.1"),
        ("https://[2001:db8::1]", "https://[2001:db8::2]"),
    ])
    func `it may not where they cannot be, or where the cookie would travel in clear`(
        url: String, origins: String
    ) {
        #expect(faults(url, origins) == ["OTPLESS_REFRESH_COOKIE"])
    }

    @Test func `a fault of the origins is told alone`() {
        #expect(faults("https://login.example.com", "x") == ["OTPLESS_ALLOWED_ORIGINS"])
        #expect(ConfigTests.faults(adding: ["OTPLESS_REFRESH_COOKIE": "yes"]).count == 1)
    }
}
