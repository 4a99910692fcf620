import OTPless
import Testing

/// OTPLESS_CONNECTIONS and OTPLESS_CONNECTIONS_PER_IP.
struct ConfigConnectionTests {
    private func config(_ changes: [String: String]) throws -> Config {
        try Config(environment: ConfigTests.minimal.merging(changes) { $1 })
    }

    @Test func `by default the machine decides how many there are, and an address has a thousand`()
        throws
    {
        let config = try config([:])
        #expect(config.connections == nil && config.connectionsPerIP == 1000)
    }

    @Test func `both are numbers, and an address may have any`() throws {
        let config = try config([
            "OTPLESS_CONNECTIONS": "20000", "OTPLESS_CONNECTIONS_PER_IP": "off",
        ])
        #expect(config.connections == 20_000 && config.connectionsPerIP == nil)
        let lines = config.lines(setIn: [:])
        #expect(lines.contains("OTPLESS_CONNECTIONS=20000"))
        #expect(lines.contains("OTPLESS_CONNECTIONS_PER_IP=off"))
    }

    @Test(arguments: ["0", "-1", "15", "1000001", "off", "many", "1e3"])
    func `a server needs some places`(value: String) {
        #expect(throws: ConfigError.self) { try config(["OTPLESS_CONNECTIONS": value]) }
    }

    @Test(arguments: ["0", "-1", "1000001", "on", "10%"])
    func `an address needs one place`(value: String) {
        #expect(throws: ConfigError.self) { try config(["OTPLESS_CONNECTIONS_PER_IP": value]) }
    }
}
