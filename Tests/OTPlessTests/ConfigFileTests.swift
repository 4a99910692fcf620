import OTPless
import Testing

struct ConfigFileTests {
    @Test func `a file has settings, comments and empty lines`() {
        let file = read(
            """
            # What browsers call

            OTPLESS_PUBLIC_URL=https://login.example.com
              OTPLESS_LISTEN=[::1]:8080,0.0.0.0:80\u{20}\u{20}
            \tOTPLESS_APP_NAME='Jo & Co'
            \t # OTPLESS_WORKERS=3 \\d $x 'y
            export OTPLESS_LOGIN_TTL=5m
            export\t OTPLESS_DENY_BLOCK=off
            OTPLESS_DATABASE=
            """)
        #expect(file.faults.isEmpty)
        #expect(file.warnings.isEmpty)
        #expect(
            file.values == [
                "OTPLESS_PUBLIC_URL": "https://login.example.com",
                "OTPLESS_LISTEN": "[::1]:8080,0.0.0.0:80", "OTPLESS_APP_NAME": "Jo & Co",
                "OTPLESS_LOGIN_TTL": "5m", "OTPLESS_DENY_BLOCK": "off", "OTPLESS_DATABASE": "",
            ])
    }

    @Test(arguments: [
        ("a", "a"), ("", ""), ("a=b==", "a=b=="), ("+/x9*?[]!@%^:,.#-_", "+/x9*?[]!@%^:,.#-_"),
        ("'{a,b}['", "{a,b}["), ("\"{1..3}\"", "{1..3}"),
        ("#x", "#x"), ("übung", "übung"), ("'a b'", "a b"), ("''", ""), ("\"\"", ""),
        ("'$HOME `id` \\n \\ \"'", "$HOME `id` \\n \\ \""), ("\"it's\"", "it's"),
        ("\"a\\\"b\\\\c\\$d\\`e\"", "a\"b\\c$d`e"), ("\"a b # c\"", "a b # c"), ("'#'", "#"),
        ("\"\\\\\"", "\\"), ("'a\tb'", "a\tb"), ("' '", " "), ("export", "export"),
    ])
    func `a value is read as sh and systemd read it`(_ written: String, _ value: String) {
        let file = read("OTPLESS_A=" + written)
        #expect(file.faults.isEmpty)
        #expect(file.values == ["OTPLESS_A": value])
    }

    @Test(arguments: [
        "OTPLESS_A", "OTPLESS_A x", "=x", " =x", "OTPLESS_A =x", "OTPLESS_A= x", "1A=x", "A-B=x",
        "A.B=x", "Ä=x", "export", "export =x", "exportOTPLESS_A", "export export A=x", "; comment",
        "\u{FEFF}OTPLESS_A=x", "OTPLESS_A=a b", "OTPLESS_A=x # comment", "OTPLESS_A=a'b'",
        "OTPLESS_A='a", "OTPLESS_A=\"a", "OTPLESS_A='", "OTPLESS_A=\"", "OTPLESS_A='a'b",
        "OTPLESS_A='a' # comment", "OTPLESS_A=\"a\" \"b\"", "OTPLESS_A='a'''", "OTPLESS_A=$HOME",
        "OTPLESS_A=${HOME}", "OTPLESS_A=\"$HOME\"", "OTPLESS_A=\"`id`\"", "OTPLESS_A=`id`",
        "OTPLESS_A=$(id)", "OTPLESS_A=\"$(id)\"", "OTPLESS_A=a\\", "OTPLESS_A=\"a\\n\"",
        "OTPLESS_A=\"a\\", "OTPLESS_A=\"a\\\"", "OTPLESS_A=~/x", "OTPLESS_A=a;id", "OTPLESS_A=a&",
        "OTPLESS_A=<x", "OTPLESS_A=x\r", "OTPLESS_A='x\u{0}'", "OTPLESS_A='\u{1B}[2J'",
        "OTPLESS_A='\u{85}'", "# a comment\r", "# a comment \\",
        "OTPLESS_A==\u{301}\u{0}", "export OTPLESS_A={a,b}[", "OTPLESS_A={a,b}", "OTPLESS_A=x{1..3",
        "OTPLESS_A=x}",
    ])
    func `what sh or systemd could read otherwise is a fault of its line`(_ line: String) {
        let file = read("# first\n\(line)\nOTPLESS_B=read on")
        #expect(file.faults.first?.line == 2)
        #expect(file.values["OTPLESS_A"] == nil)
    }

    @Test func `all faults are told, by line, and never show a value`() {
        let file = read("hunter2\nOTPLESS_A='hunter2\n\nOTPLESS_B=x\nOTPLESS_B=hunter2\nhunter2==")
        #expect(file.faults.map(\.line) == [1, 2, 5])
        #expect(file.warnings.map(\.line) == [6])
        for note in file.faults + file.warnings { #expect(!note.text.contains("hunter2")) }
        #expect(file.unreadable == ["OTPLESS_A"])
        #expect(file.values == ["OTPLESS_B": "x"])
        #expect(file.faults.last?.text == "OTPLESS_B is set in line 4 already")
    }

    @Test func `a name of somebody else's is left out and told`() {
        let file = read("PATH=/bin\nOTPLES_LISTEN=x\notpless_listen=y\n_=z")
        #expect(file.faults.isEmpty)
        #expect(file.values.isEmpty)
        #expect(file.warnings.map(\.line) == [1, 2, 3, 4])
    }

    @Test(
        arguments: [
            [0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
        ] as [[UInt8]])
    func `bytes that are not UTF-8 are a fault of their line`(_ bytes: [UInt8]) {
        for quote in ["", "'", "# "] {
            let line = Array(
                "OTPLESS_A=x\n\(quote.hasPrefix("#") ? quote : "OTPLESS_B=\(quote)")".utf8)
            let file = EnvFile(line + bytes + Array(quote.utf8))
            #expect(file.faults.map(\.text) == ["is not UTF-8"])
            #expect(file.faults.map(\.line) == [2])
            #expect(file.values == ["OTPLESS_A": "x"])
        }
    }

    @Test func `a file cut anywhere is read or refused`() {
        let bytes = Array("export OTPLESS_A='ü'\nOTPLESS_B=\"a\\\"b\"\n# c\nOTPLESS_C=d\n".utf8)
        for count in 0...bytes.count {
            let file = EnvFile(Array(bytes[..<count]))
            #expect(file.faults.count <= 1)
            #expect(file.values.count + file.faults.count + file.warnings.count <= 3)
        }
    }

    private func read(_ text: String) -> EnvFile { EnvFile(Array(text.utf8)) }
}
