import TestSupport
import Testing

/// CONTRACT section 7, OTPLESS_TRUSTED_PROXIES: who asks, where proxies stand in between.
@Suite(.blocking, .timeLimit(.minutes(2)))
struct TrustedProxyTests {
    private static let trusting = [
        "OTPLESS_TRUSTED_PROXIES": "127.0.0.1,10.0.0.0/8,2001:db8:ffff::/48"
    ]

    /// What stands in the lines of `X-Forwarded-For`, and whose login it is.
    private static let walks: [(lines: [String], address: String)] = [
        ([], "127.0.0.1"),
        (["203.0.113.9"], "203.0.113.9"),
        // A client may write what it likes in front of what the proxy adds.
        (["198.51.100.1, 203.0.113.9"], "203.0.113.9"),
        (["198.51.100.1", "203.0.113.9"], "203.0.113.9"),
        (["127.0.0.1, 203.0.113.9"], "203.0.113.9"),
        (["10.9.9.9,203.0.113.9"], "203.0.113.9"),
        // Proxies behind each other.
        (["198.51.100.1, 203.0.113.9, 10.0.0.7"], "203.0.113.9"),
        (["198.51.100.1,203.0.113.9", "10.0.0.7, 2001:db8:ffff::1"], "203.0.113.9"),
        (["203.0.113.9, 198.51.100.1, 10.0.0.7"], "198.51.100.1"),
        // Only trusted ones: whoever is farthest away.
        (["10.0.0.8, 10.0.0.7"], "10.0.0.8"),
        // Nothing left of what is no address counts.
        (["203.0.113.9, unknown, 10.0.0.7"], "10.0.0.7"),
        (["203.0.113.9, unknown"], "127.0.0.1"),
        (["203.0.113.9, 1.2.3.4.5, 10.0.0.7"], "10.0.0.7"),
        (["203.0.113.9 10.0.0.7"], "127.0.0.1"),
        (["203.0.113.9;10.0.0.7"], "127.0.0.1"),
        (["203.0.113.9, for=192.0.2.1"], "127.0.0.1"),
        (["203.0.113.9, \"192.0.2.1\""], "127.0.0.1"),
        (["203.0.113.9, 192.0.2.1:port"], "127.0.0.1"),
        (["203.0.113.9, 192.0.2.1:65536"], "127.0.0.1"),
        (["203.0.113.9, [2001:db8::1"], "127.0.0.1"),
        (["203.0.113.9, [2001:db8::1]x"], "127.0.0.1"),
        (["203.0.113.9, [192.0.2.1]"], "127.0.0.1"),
        (["203.0.113.9, fe80::1%eth0"], "127.0.0.1"),
        // Empty elements are none.
        ([""], "127.0.0.1"), ([",, ,"], "127.0.0.1"), (["203.0.113.9, ,", ""], "203.0.113.9"),
        // Ports, brackets, and IPv4 written as IPv6.
        (["203.0.113.9:40312"], "203.0.113.9"),
        (["[2001:db8::9]:40312"], "2001:db8::9"),
        (["[2001:db8::9]"], "2001:db8::9"),
        (["2001:DB8:0::9"], "2001:db8::9"),
        (["::ffff:203.0.113.9"], "203.0.113.9"),
        (["[::ffff:203.0.113.9]:80, ::ffff:10.0.0.7"], "203.0.113.9"),
        (["203.0.113.9, [2001:db8:ffff::1]:443\t,\t10.0.0.7:80 "], "203.0.113.9"),
    ]

    @Test func `the client is the right-most address that is no trusted proxy`() async throws {
        try await withServer(Self.trusting) { server throws in
            for (lines, client) in Self.walks {
                let headers = lines.map { ("X-Forwarded-For", $0) }
                #expect(try address(of: server, headers) == client, "\(lines)")
            }
            // What others write there says nothing.
            let others = ["Forwarded", "X-Real-IP", "CF-Connecting-IP", "X-Client-IP"]
            let headers = others.map { ($0, "203.0.113.9") }
            #expect(try address(of: server, headers) == "127.0.0.1")
            #expect(try warnings(of: server, headers).isEmpty)
        }
    }

    @Test func `a forwarding header of an untrusted peer is ignored, and warned of once`()
        async throws
    {
        try await withServer { server throws in
            let lie = [("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Proto", "https")]
            #expect(try address(of: server, []) == "127.0.0.1")
            #expect(try warnings(of: server, []).isEmpty)
            for _ in 1...3 { #expect(try address(of: server, lie) == "127.0.0.1") }
            let told = try warnings(of: server, [])
            let expected =
                "a forwarding header came from 127.0.0.1, which is not in "
                + "OTPLESS_TRUSTED_PROXIES: all clients behind it share one limit"
            #expect(told == [expected])
            server.process.signal(15)
            _ = try server.process.waitForEnd()
            let lines = server.log.split(separator: "\n").filter { $0.contains(expected) }
            #expect(lines.count == 1 && lines[0].contains(#""level":"warning""#))
        }
    }

    @Test(arguments: ["X-Forwarded-For", "x-forwarded-proto", "Forwarded", "X-Real-IP"])
    func `readyz through a proxy that is not trusted tells of it`(_ header: String) async throws {
        try await withServer(["OTPLESS_TRUSTED_PROXIES": "127.0.0.2"]) { server throws in
            #expect(try warnings(of: server, [(header, "203.0.113.9")]).count == 1)
        }
    }

    @Test func `a list of thousands is walked at once`() async throws {
        try await withServer(Self.trusting) { server throws in
            let long = "203.0.113.9," + String(repeating: "10.0.0.7,", count: 1500) + "10.0.0.7"
            #expect(try address(of: server, [("X-Forwarded-For", long)]) == "203.0.113.9")
        }
    }

    /// The address that a login is kept with.
    private func address(
        of server: LiveServer, _ headers: [(String, String)]
    ) throws -> String? {
        let digits = "16505550142"
        let body = #"{"phoneNumber":"+\#(digits)"}"#
        let reply = try server.call("POST", "/api/auth/initiate", body, headers: headers)
        let login = try #require(reply.data["sessionId"].text)
        try server.press(\.confirm, on: server.whatsApp.phone(digits))
        let session = try Session(try server.claim(login).data)
        let list = try server.call("GET", "/api/user/me/devices", bearer: session.accessToken)
        return list.data["devices"].list.first { $0["current"] == .bool(true) }?["ip"].text
    }

    private func warnings(
        of server: LiveServer, _ headers: [(String, String)]
    ) throws -> [String] {
        try server.call("GET", "/readyz", headers: headers).data["warnings"].list
            .compactMap(\.text).filter { $0.contains("forwarding header") }
    }
}
