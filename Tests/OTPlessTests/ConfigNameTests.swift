import OTPless
import Testing

struct ConfigNameTests {
    @Test(arguments: [
        ("OTPLESS_LISTNE", "OTPLESS_LISTEN"), ("OTPLESS_JWT_SECERT", "OTPLESS_JWT_SECRET"),
        ("OTPLESS_LOGIN_TTLS", "OTPLESS_LOGIN_TTL"), ("OTPLESS_LOGLEVEL", "OTPLESS_LOG_LEVEL"),
        ("OTPLESS_JWT_secret", "OTPLESS_JWT_SECRET"), ("OTPLESS_ATABASE", "OTPLESS_DATABASE"),
        ("OTPLESS_JWT_KEY", "OTPLESS_JWT_KEYS"), ("OTPLESS_TLS_KEYS", "OTPLESS_TLS_KEY"),
    ])
    func `a typo is told with the name that was meant`(_ name: String, _ meant: String) {
        #expect(problem(of: name) == "is not a setting of this server; did you mean \(meant)?")
    }

    @Test(arguments: [
        "OTPLESS_", "OTPLESS_X", "OTPLESS_SMTP_HOST", "OTPLESS_WHATSAPP", "OTPLESS_DATABASE_URL",
        "OTPLESS_" + String(repeating: "A", count: 10_000), "OTPLESS_\u{1F600}\u{1F600}",
    ])
    func `a name that is like none is told alone`(_ name: String) {
        #expect(problem(of: name) == "is not a setting of this server")
    }

    private func problem(of name: String) -> String? {
        ConfigTests.error(adding: [name: "x"])?.faults.first { $0.name == name }?.problem
    }
}
