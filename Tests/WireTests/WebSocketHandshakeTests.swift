import Oracles
import Testing
import Wire

@Suite struct WebSocketHandshakeTests {
    private static let key = "dGhlIHNhbXBsZSBub25jZQ=="
    private static let fields = [
        ("Host", "server.example.com"), ("Upgrade", "websocket"), ("Connection", "Upgrade"),
        ("Sec-WebSocket-Key", key), ("Sec-WebSocket-Version", "13"),
    ]

    /// The verdict on the sample request with these values of one field: `accept`,
    /// `upgradeRequired`, `wrongVersion` or `malformed`.
    private func verdict(
        method: String = "GET", minorVersion: Int = 1, _ name: String = "", _ values: [String] = []
    ) -> String {
        let fields = Self.fields.filter { $0.0 != name } + values.map { (name, $0) }
        let outcome = WebSocketHandshake.check(method: method, minorVersion: minorVersion) {
            wanted in
            fields.filter { $0.0 == wanted.description }.map(\.1)
        }
        return switch outcome {
        case .accept: "accept"
        case .upgradeRequired: "upgradeRequired"
        case .wrongVersion: "wrongVersion"
        case .malformed: "malformed"
        }
    }

    @Test(arguments: [
        ("dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        ("x3JJHMbDL1EzLkh9GBhXDw==", "HSmrc0sMlYUkAGmm5OPpG2HaGWk="),
    ])
    func `the accept value is the one that RFC 6455 computes`(key: String, accept: String) {
        #expect(WebSocketHandshake.accept(key: key) == accept)
    }

    @Test func `the sample request of RFC 6455 section 1.3 is accepted`() {
        let outcome = WebSocketHandshake.check(method: "GET", minorVersion: 1) { name in
            Self.fields.filter { $0.0 == name.description }.map(\.1)
        }
        guard case .accept(let value) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(value == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    @Test(arguments: ["POST", "HEAD", "OPTIONS", "CONNECT", "get", "GETS", ""])
    func `only GET opens a WebSocket`(method: String) {
        #expect(verdict(method: method) == "malformed")
        #expect(verdict(method: method, "Upgrade", []) == "upgradeRequired")
    }

    @Test func `an upgrade over HTTP 1.0 is not one`() {
        #expect(verdict(minorVersion: 0) == "upgradeRequired")
        #expect(verdict(minorVersion: 2) == "accept")
    }

    @Test(arguments: [
        (["WebSocket"], "accept"), (["WEBSOCKET"], "accept"), (["h2c, websocket"], "accept"),
        (["websocket,"], "accept"), ([",\t websocket \t,h2c"], "accept"),
        ([], "upgradeRequired"), ([""], "upgradeRequired"), (["h2c"], "upgradeRequired"),
        (["websockets"], "upgradeRequired"), (["web socket"], "upgradeRequired"),
        (["websocket/13"], "upgradeRequired"), (["\"websocket\""], "upgradeRequired"),
        (["websoc\u{212A}et"], "upgradeRequired"), (["websocket;q=1"], "upgradeRequired"),
        (["websocket", "websocket"], "malformed"), (["h2c", "websocket"], "malformed"),
    ])
    func `Upgrade asks for websocket in one field`(values: [String], expected: String) {
        #expect(verdict("Upgrade", values) == expected)
    }

    @Test(arguments: [
        (["upgrade"], "accept"), (["UPGRADE"], "accept"), (["keep-alive, Upgrade"], "accept"),
        (["Upgrade,keep-alive"], "accept"), (["keep-alive", "Upgrade"], "accept"),
        (["Upgrade", "keep-alive"], "accept"), ([" ,,\tUpgrade ,"], "accept"),
        ([], "malformed"), ([""], "malformed"), (["keep-alive"], "malformed"),
        (["close"], "malformed"), (["upgraded"], "malformed"), (["not-upgrade"], "malformed"),
        (["keep-alive Upgrade"], "malformed"), (["up", "grade"], "malformed"),
    ])
    func `Connection lists upgrade in any of its fields`(values: [String], expected: String) {
        #expect(verdict("Connection", values) == expected)
    }

    @Test(arguments: [
        (["13"], "accept"), (["8"], "wrongVersion"), (["7"], "wrongVersion"),
        (["0"], "wrongVersion"),
        (["14"], "wrongVersion"), (["013"], "wrongVersion"), (["+13"], "wrongVersion"),
        (["13, 8"], "wrongVersion"), ([""], "wrongVersion"), (["thirteen"], "wrongVersion"),
        ([], "wrongVersion"), (["13", "13"], "malformed"), (["13", "8"], "malformed"),
    ])
    func `only version 13 is spoken`(values: [String], expected: String) {
        #expect(verdict("Sec-WebSocket-Version", values) == expected)
    }

    @Test func `an old client without today's key is told the version`() {
        let outcome = WebSocketHandshake.check(method: "GET", minorVersion: 1) { name in
            switch name.description {
            case "Upgrade": ["WebSocket"]
            case "Connection": ["Upgrade"]
            case "Sec-WebSocket-Version": ["6"]
            default: []
            }
        }
        guard case .wrongVersion = outcome else {
            Issue.record("\(outcome)")
            return
        }
    }

    @Test(arguments: [
        "AAAAAAAAAAAAAAAAAAAAAA==", "/////////////////////w==", "abcdefghijklmnopqrstuQ==",
        "0123456789+/ABCDEFGHYg==",
    ])
    func `a key is any 16 bytes in base64`(key: String) {
        #expect(verdict("Sec-WebSocket-Key", [key]) == "accept")
    }

    @Test(arguments: [
        [], [key, key], [""], ["="], ["=="], ["dGhlIHNhbXBsZSBub25jZQ"],
        ["dGhlIHNhbXBsZSBub25jZQ="], ["dGhlIHNhbXBsZSBub25jZQ==="], ["dGhlIHNhbXBsZSBub25jZQ== "],
        ["dGhlIHNhbXBsZSBub25jZR=="], ["dGhlIHNhbXBsZSBub25jZWU="], ["dGhlIHNhbXBsZSBub25jZWVl"],
        ["dGhlIHNhbXBsZSBub25jZ==="], ["dGhl-HNhbXBsZSBub25jZQ=="], ["dGhl_HNhbXBsZSBub25jZQ=="],
        ["dGhl HNhbXBsZSBub25jZQ=="], ["dGh=IHNhbXBsZSBub25jZQ=="], ["dGhlIHNhbXBsZSBub25=ZQ=="],
        ["dGhlIHNhbXBsZSBub25jZQAA=="], ["éééééééééééé"], ["dGhlIHNhbXBsZSBub25jé=="],
    ])
    func `a key that is not 16 bytes in canonical base64 is refused`(values: [String]) {
        #expect(verdict("Sec-WebSocket-Key", values) == "malformed")
    }

    @Test func `extensions and subprotocols that are offered change nothing`() {
        #expect(verdict("Sec-WebSocket-Extensions", ["permessage-deflate"]) == "accept")
        #expect(verdict("Sec-WebSocket-Protocol", ["chat, superchat"]) == "accept")
    }

    /// The rules above are given fields; here they come as bytes.
    @Test(arguments: [
        ("GET /ws HTTP/1.1", "Upgrade: websocket\r\nConnection: Upgrade\r\n", "accept"),
        ("GET /ws HTTP/1.1", "UPGRADE:WebSocket\r\nconnection: a,\tuPGRADE \r\n", "accept"),
        (
            "GET /ws HTTP/1.1", "Upgrade: websocket\r\nConnection: a\r\nConnection: upgrade\r\n",
            "accept"
        ),
        ("GET /ws HTTP/1.1", "Upgrade: websocket\r\nUpgrade: websocket\r\n", "malformed"),
        ("GET /ws HTTP/1.1", "Connection: Upgrade\r\n", "upgradeRequired"),
        ("GET /ws HTTP/1.0", "Upgrade: websocket\r\nConnection: Upgrade\r\n", "upgradeRequired"),
        ("POST /ws HTTP/1.1", "Upgrade: websocket\r\nConnection: Upgrade\r\n", "malformed"),
        (
            "GET /ws HTTP/1.1",
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n",
            "malformed"
        ),
    ])
    func `a head asks for a WebSocket in whatever pieces it comes`(
        line: String, fields: String, expected: String
    ) throws {
        let always = "Host: a\r\nSec-WebSocket-Key: \(Self.key)\r\nSec-WebSocket-Version: 13\r\n"
        let outcome = everyWay("\(line)\r\n\(always)\(fields)\r\n")
        let request = try #require(outcome.requests.first).request
        let verdict = WebSocketHandshake.check(
            method: request.method.text, minorVersion: request.minorVersion
        ) { request.headers.values(of: $0.description) }
        #expect("\(verdict)".hasPrefix(expected))
    }

    @Test func `an accept value is computed for a key of any length`() {
        for length in [0, 1, 63, 64, 65, 10_000] {
            let key = String(repeating: "é", count: length)
            #expect(WebSocketHandshake.accept(key: key).utf8.count == 28)
        }
    }
}
