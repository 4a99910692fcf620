import OTPless
import Testing

struct ConfigPrintTests {
    @Test func `the configuration is printed in the order of the catalogue, defaults marked`()
        throws
    {
        let lines = try Config(environment: ConfigTests.minimal).lines(setIn: ConfigTests.minimal)
        #expect(
            lines.prefix(5) == [
                "# default", "OTPLESS_LISTEN=127.0.0.1:8080",
                "OTPLESS_PUBLIC_URL=https://login.example.com",
                "# default: the public URL's host", "OTPLESS_APP_NAME=login.example.com",
            ])
        #expect(lines.contains("OTPLESS_DENY_BLOCK=10m"))
        #expect(lines.contains("OTPLESS_REFRESH_TOKEN_TTL=30d"))
        #expect(lines.contains("# OTPLESS_WORKERS is not set"))
        #expect(lines.contains("OTPLESS_LIMIT_PHONE=1/1m,3/1h,10/1d"))
        #expect(lines.contains("OTPLESS_LIMIT_IP=60/10m"))
        #expect(lines.contains("OTPLESS_LIMIT_CODES=10/1h"))
        #expect(lines.contains("OTPLESS_COUNTRIES=all"))
    }

    @Test func `what is printed never holds a secret`() throws {
        let config = try Config(environment: ConfigTests.minimal)
        let lines = config.lines(setIn: ConfigTests.minimal)
        let text = lines.joined(separator: "\n")
        for secret in ["jwt-secret", "EAAtoken", "app-secret", "verify-me"] {
            #expect(!text.contains(secret))
        }
        #expect(lines.count { $0.hasSuffix("=***") } == 4)
    }

    @Test func `what is printed is read again as the same configuration`() throws {
        let changes = [
            "OTPLESS_APP_NAME": "Jo's \"$5 `Co`\" \\ & # ü", "OTPLESS_DATABASE": "sqlite:/a b/~c;d",
            "OTPLESS_LISTEN": "[::1]:80, 127.0.0.1:81", "OTPLESS_JWT_ISSUER": "it's",
            "OTPLESS_JWT_AUDIENCE": "a b", "OTPLESS_ACCESS_TOKEN_TTL": "90s",
            "OTPLESS_DENY_BLOCK": "off", "OTPLESS_TYPED_WORDS": "off", "OTPLESS_WORKERS": "3",
            "OTPLESS_WHATSAPP_TEMPLATE": "login: en, es", "OTPLESS_LIMIT_PHONE": "off",
            "OTPLESS_LIMIT_IP": "100/1d, 5/120s", "OTPLESS_COUNTRIES": "-+979, -+1242",
            "OTPLESS_LOG_LEVEL": "debug",
        ]
        let environment = ConfigTests.minimal.merging(changes) { $1 }
        let lines = try Config(environment: environment).lines(setIn: environment)
        let file = EnvFile(Array(lines.joined(separator: "\n").utf8))
        #expect(file.faults.isEmpty)
        #expect(file.values["OTPLESS_APP_NAME"] == changes["OTPLESS_APP_NAME"])
        #expect(Set(changes.keys).isSubset(of: file.values.keys))
        // The secrets are what is missing.
        let secrets = ConfigTests.minimal.filter { file.values[$0.key] == "***" }
        let again = file.values.merging(secrets) { $1 }
        #expect(try Config(environment: again).lines(setIn: environment) == lines)
    }

    @Test func `every setting has one name, a meaning, and a row in the reference`() throws {
        let rows = Config.reference.split(separator: "\n").filter { $0.hasPrefix("| `OTPLESS_") }
        let names = rows.compactMap { $0.split(separator: "`").dropFirst().first }
        #expect(rows.count == 45)
        #expect(Set(names).count == rows.count)
        for row in rows {
            #expect(!row.contains("|  |"))
            #expect(row.count { $0 == "|" } == 4)
        }
    }

    @Test func `the reference explains the notations that a setting can have, no others`() throws {
        let notations = Config.reference.split(separator: "\n").filter { $0.hasPrefix("- **") }
        #expect(
            notations.map { $0.prefix(15) } == [
                "- **Durations**", "- **Rates** are", "- **Calling cod",
            ])
    }
}
