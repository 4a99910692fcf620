import Loop
import OTPless
import Testing

/// OTPLESS_TRUSTED_PROXIES.
struct ConfigProxyTests {
    private func config(_ proxies: String) throws -> Config {
        let settings = ["OTPLESS_TRUSTED_PROXIES": proxies]
        return try Config(environment: ConfigTests.minimal.merging(settings) { $1 })
    }

    @Test func `no proxy is trusted unless it is named`() throws {
        #expect(try config("").trustedProxies.isEmpty)
        #expect(try config("").lines(setIn: [:]).contains("# OTPLESS_TRUSTED_PROXIES is not set"))
    }

    @Test func `proxies are addresses and blocks of both families`() throws {
        let config = try config("127.0.0.1, ::1,10.0.0.0/8,2001:db8::/32")
        #expect(
            config.trustedProxies.map(\.description) == [
                "127.0.0.1", "::1", "10.0.0.0/8", "2001:db8::/32",
            ])
        let line = "OTPLESS_TRUSTED_PROXIES=127.0.0.1,::1,10.0.0.0/8,2001:db8::/32"
        #expect(config.lines(setIn: ["OTPLESS_TRUSTED_PROXIES": "x"]).contains(line))
        #expect(!config.warnings.contains { $0.hasPrefix("OTPLESS_TRUSTED_PROXIES") })
    }

    @Test(arguments: [",", "nginx", "10.0.0.1/8", "127.0.0.1;::1", "10.0.0.0/8 ::1", "10.0.0.0/33"])
    func `what is neither is a fault`(text: String) {
        let faults = ConfigTests.faults(adding: ["OTPLESS_TRUSTED_PROXIES": text])
        #expect(faults == ["OTPLESS_TRUSTED_PROXIES"])
    }

    @Test(arguments: ["0.0.0.0/0", "127.0.0.1,::/0"])
    func `trust in everybody is warned of`(text: String) throws {
        #expect(try config(text).warnings.contains { $0.hasPrefix("OTPLESS_TRUSTED_PROXIES ") })
    }
}
