import OTPless
import Testing

/// The notations of limits and of the list of countries.
struct LimitSettingTests {
    private static func config(_ name: String, _ value: String) throws -> Config {
        try Config(environment: ConfigTests.minimal.merging([name: value]) { $1 })
    }

    /// A setting as it is printed again.
    private static func printed(_ name: String, _ value: String) throws -> String? {
        try config(name, value).lines(setIn: [name: value])
            .first { $0.hasPrefix(name + "=") }
            .map { String($0.dropFirst(name.count + 1)) }
    }

    @Test(arguments: [
        ("3/1h", "3/1h"), ("3/60m", "3/1h"), ("3/3600s", "3/1h"), ("1/60s", "1/1m"),
        ("10/1d,1/60s, 3/1h", "1/1m,3/1h,10/1d"), ("1000/30d", "1000/30d"), ("1/1s", "1/1s"),
        ("007/90s", "7/90s"), ("off", "off"),
    ])
    func `rates are read and printed in one form`(_ text: String, _ canonical: String) throws {
        for name in ["OTPLESS_LIMIT_PHONE", "OTPLESS_LIMIT_IP", "OTPLESS_LIMIT_CODES"] {
            #expect(try Self.printed(name, text) == canonical)
            #expect(try Self.printed(name, canonical) == canonical)
        }
    }

    @Test(arguments: [
        "3", "/1h", "3/", "0/1h", "1001/1h", "-1/1h", "+1/1h", "3/0s", "3/31d", "3/1", "3/1w",
        "3/1h/2", "3 /1h", "3/ 1h", "3/1h,", ",3/1h", "3/1h,,1/1d", "3/1h;1/1d", "3/1h,5/60m",
        "off,3/1h", "Off", "٣/1h", "3/1h\u{301}", "99999999999999999999/1h", "three/1h",
        "1/1s,1/2s,1/3s,1/4s,1/5s,1/6s,1/7s,1/8s,1/9s",
    ])
    func `what is no rate is a fault that says what one looks like`(_ text: String) {
        let error = ConfigTests.error(adding: ["OTPLESS_LIMIT_PHONE": text])
        #expect(error?.faults.map(\.name) == ["OTPLESS_LIMIT_PHONE"])
        #expect(error?.faults.first?.problem.contains("such as 3/1h") == true)
    }

    @Test func `the defaults are those of the contract`() throws {
        let limits = try Config(environment: ConfigTests.minimal).limits
        typealias Rate = RateLimit.Rate
        #expect(
            limits.phone?.rates == [
                Rate(1, per: .seconds(60)), Rate(3, per: .seconds(3600)),
                Rate(10, per: .seconds(86_400)),
            ])
        #expect(limits.network?.rates == [Rate(60, per: .seconds(600))])
        #expect(limits.codes?.rates == [Rate(10, per: .seconds(3600))])
    }

    @Test(arguments: [
        ("+49,+41", "+49,+41"), ("+1", "+1"), (" +7 , +1242", "+7,+1242"), ("-+979", "-+979"),
        ("-+44, -+1", "-+44,-+1"), ("+1650555", "+1650555"), ("all", "all"),
    ])
    func `a list of countries is read and printed in one form`(
        _ text: String, _ canonical: String
    ) throws {
        #expect(try Self.printed("OTPLESS_COUNTRIES", text) == canonical)
    }

    @Test(arguments: [
        "49", "+", "-", "-49", "+49,-+41", "-+49,+41", "+49,", ",+49", "+49,+49", "+0", "+049",
        "++49", "--+49", "+4", "+2", "+35", "+97", "+8", "+49 171", "+49+41", "+16505550", "DE",
        "*", "none", "off", "+٤٩", "all,+49", "+ 49",
    ])
    func `what names no country is a fault, also half a calling code`(_ text: String) {
        let error = ConfigTests.error(adding: ["OTPLESS_COUNTRIES": text])
        #expect(error?.faults.map(\.name) == ["OTPLESS_COUNTRIES"])
        #expect(error?.faults.first?.problem.contains("such as +49,+41") == true)
    }

    @Test(arguments: [
        ("all", "97912345678", true), ("+49,+41", "4915112345678", true),
        ("+49,+41", "41791234567", true), ("+49,+41", "436641234567", false),
        ("+49,+41", "14155550142", false), ("-+979", "97912345678", false),
        ("-+979", "97212345678", true), ("-+979,-+1", "16505550142", false),
        // A code's part, and the whole of it.
        ("+1", "12425550142", true), ("-+1242", "12425550142", false),
        ("-+1242", "12465550142", true), ("+1242", "12425550142", true),
        ("+1242", "16505550142", false), ("+7", "77012345678", true), ("+77", "79161234567", false),
        ("+44", "447911123456", true), ("+44", "4915112345678", false),
        // Digits within a number are no code.
        ("+49", "14955550142", false), ("-+49", "14955550142", true),
    ])
    func `a number is its country's by how it begins`(
        _ list: String, _ digits: String, _ isAdmitted: Bool
    ) async throws {
        var config = try Self.config("OTPLESS_COUNTRIES", list)
        config.limits.phone = nil
        try await Service.run(with: config) { service in
            let refused = try await failure { _ = try await service.start(phone: digits) }
            #expect(refused?.code == (isAdmitted ? nil : .countryNotAllowed))
            #expect(service.messenger.prompts.count == (isAdmitted ? 1 : 0))
        }
    }

    @Test(arguments: ["-+521", "-+52155", "+525", "+5215"])
    func `all spellings of a phone are one country's`(_ list: String) async throws {
        let config = try Self.config("OTPLESS_COUNTRIES", list)
        try await Service.run(with: config) { service in
            var codes: [Failure.Code?] = []
            for phone in ["5215512345678", "525512345678"] {
                let attempt = Logins.Attempt(.link, phone: try Sample.phone(phone))
                codes.append(
                    try await failure {
                        _ = try await service.app.logins.start(attempt, on: service.loop)
                    }?.code)
            }
            #expect(
                codes
                    == (list.hasPrefix("-")
                        ? [.countryNotAllowed, .countryNotAllowed] : [nil, nil]))
        }
    }
}
