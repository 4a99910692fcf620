import TestSupport
import Testing

/// RFC 6455 §4.2, what a server must see in an opening handshake, against the product's own WebSocket.
@Suite(.blocking, .timeLimit(.minutes(2)))
struct OpeningHandshakeTests {
    /// A handshake that is right but for what a case changes.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var method = "GET"
        var version = "HTTP/1.1"
        /// Fields with other values than the right one, or with none.
        var changes: [(name: String, values: [String])] = []
        /// What follows the head.
        var behind: [UInt8] = []
        let status: Int

        init(
            _ testDescription: String, _ status: Int, _ changes: (String, [String])...
        ) {
            self.testDescription = testDescription
            self.status = status
            self.changes = changes.map { (name: $0.0, values: $0.1) }
        }

        func with(_ change: (inout Case) -> Void) -> Case {
            var other = self
            change(&other)
            return other
        }

        func bytes(session: String, origin: String) -> [UInt8] {
            var lines = ["\(method) /api/auth/ws?sessionId=\(session) \(version)"]
            let right = [
                ("Host", "127.0.0.1"), ("Upgrade", "websocket"), ("Connection", "Upgrade"),
                ("Sec-WebSocket-Key", PageSocket.key), ("Sec-WebSocket-Version", "13"),
            ]
            for (name, value) in right where !changes.contains(where: { $0.name == name }) {
                lines.append("\(name): \(value)")
            }
            for change in changes {
                for value in change.values {
                    lines.append("\(change.name): \(value == "listed" ? origin : value)")
                }
            }
            return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + behind
        }
    }

    private static let key = PageSocket.key
    private static let ping = ClientFrame.ping([0x2A]).bytes

    static let versions =
        ([
            ("no version", 426, []),
            ("an empty version", 426, [""]),
            ("version 12", 426, ["12"]),
            ("version 14", 426, ["14"]),
            ("version 013", 426, ["013"]),
            ("a list of versions", 426, ["13, 8"]),
            ("white space around the version", 101, [" \t13 "]),
            ("two versions", 400, ["13", "8"]),
            ("the version twice", 400, ["13", "13"]),
        ] as [(String, Int, [String])]).map { Case($0, $1, ("Sec-WebSocket-Version", $2)) }

    static let keys =
        ([
            ("no key", 400, []),
            ("an empty key", 400, [""]),
            ("a key of 15 bytes", 400, ["AAAAAAAAAAAAAAAAAAAA"]),
            ("a key of 17 bytes", 400, ["AAAAAAAAAAAAAAAAAAAAAAA="]),
            ("a key that is not base64", 400, ["dGhl-HNhbXBsZSBub25jZQ=="]),
            ("a key without padding", 400, ["dGhlIHNhbXBsZSBub25jZQ"]),
            ("white space in the key", 400, ["dGhlIHNhbXBs ZSBub25jZQ=="]),
            ("white space around the key", 101, ["\t \(key)  "]),
            ("two keys", 400, [key, "AAAAAAAAAAAAAAAAAAAAAA=="]),
            ("the key twice", 400, [key, key]),
            ("a list of keys", 400, ["\(key), \(key)"]),
        ] as [(String, Int, [String])]).map { Case($0, $1, ("Sec-WebSocket-Key", $2)) }

    static let fields = [
        Case("nothing unusual", 101),
        Case("Upgrade in capitals", 101, ("Upgrade", ["WebSocket"])),
        Case("Upgrade with an alternative", 101, ("Upgrade", ["h2c, websocket"])),
        Case("no Upgrade", 426, ("Upgrade", [])),
        Case("another Upgrade", 426, ("Upgrade", ["h2c"])),
        Case("a version behind Upgrade", 426, ("Upgrade", ["websocket/13"])),
        Case("Upgrade twice", 400, ("Upgrade", ["websocket", "websocket"])),
        Case("Connection with keep-alive", 101, ("Connection", ["keep-alive, Upgrade"])),
        Case("Connection in small letters", 101, ("Connection", ["upgrade"])),
        Case("Connection in two fields", 101, ("Connection", ["keep-alive", "Upgrade"])),
        Case("no Connection", 400, ("Connection", [])),
        Case("another Connection", 400, ("Connection", ["keep-alive"])),
        Case("Connection that only begins so", 400, ("Connection", ["Upgrade-Insecure"])),
        Case("two Hosts", 400, ("Host", ["127.0.0.1", "127.0.0.1"])),
        Case("no Host", 400, ("Host", [])),
        Case("extensions offered", 101, ("Sec-WebSocket-Extensions", ["permessage-deflate", "x"])),
        Case("subprotocols offered", 101, ("Sec-WebSocket-Protocol", ["chat, superchat", "x"])),
        Case("an Origin that is listed", 101, ("Origin", ["listed"])),
        Case("an Origin that is not", 403, ("Origin", ["https://evil.example"])),
        Case("Origin null", 403, ("Origin", ["null"])),
        Case("an empty Origin", 403, ("Origin", [""])),
        Case("a listed Origin and another", 403, ("Origin", ["listed", "https://evil.example"])),
        Case("another Origin and a listed", 403, ("Origin", ["https://evil.example", "listed"])),
        Case("a list of Origins", 403, ("Origin", ["listed, listed"])),
    ]

    static let requests = [
        Case("POST", 405).with { $0.method = "POST" },
        Case("HEAD", 400).with { $0.method = "HEAD" },
        Case("HEAD without Upgrade", 426, ("Upgrade", [])).with { $0.method = "HEAD" },
        Case("get", 405).with { $0.method = "get" },
        Case("HTTP/1.0", 426).with { $0.version = "HTTP/1.0" },
        Case("HTTP/2.0", 505).with { $0.version = "HTTP/2.0" },
        Case("frames right behind", 101).with { $0.behind = ping },
        Case("a body, and frames behind it", 101, ("Content-Length", ["5"])).with {
            $0.behind = Array("hello".utf8) + ping
        },
        Case("a chunked body, and frames behind it", 101, ("Transfer-Encoding", ["chunked"])).with {
            $0.behind = Array("5\r\nhello\r\n0\r\n\r\n".utf8) + ping
        },
    ]

    @Test func `an opening handshake is answered as RFC 6455 says`() async throws {
        try await withServer { server in
            let origin = "http://127.0.0.1:\(server.port)"
            let session = try server.initiate("+16505550142")
            for one in Self.versions + Self.keys + Self.fields + Self.requests {
                let socket = try TCPSocket(port: server.port)
                try socket.send(one.bytes(session: session, origin: origin))
                let reply = try socket.takeReply(isToHead: one.method == "HEAD")
                #expect(reply.status == one.status, "\(one.testDescription)")
                Self.judge(reply, of: one)
                if !one.behind.isEmpty { try Self.expectPong(socket, one) }
            }
        }
    }

    /// What a reply of its status must and must not say.
    private static func judge(_ reply: HTTPReply, of one: Case) {
        let name = Comment(rawValue: one.testDescription)
        switch reply.status {
        case 101:
            #expect(reply["Sec-WebSocket-Accept"] == PageSocket.accept, name)
            #expect(reply["Upgrade"] == "websocket" && reply["Connection"] == "Upgrade", name)
            let others = ["sec-websocket-extensions", "sec-websocket-protocol", "content-length"]
            #expect(!reply.headers.contains { others.contains($0.name) }, name)
        case 426:
            #expect(reply["Upgrade"] == "websocket", name)
            #expect(reply.headers.contains { $0 == ("connection", "Upgrade") }, name)
            #expect(reply["Sec-WebSocket-Version"] == "13", name)
            #expect(one.method == "HEAD" || reply.isError(426, "UPGRADE_REQUIRED"), name)
        default:
            #expect(reply["Sec-WebSocket-Accept"] == nil && reply["Upgrade"] == nil, name)
            #expect(one.method == "HEAD" || reply.isError(one.status), name)
        }
    }

    /// The pong stands before or behind the first event.
    private static func expectPong(_ socket: TCPSocket, _ one: Case) throws {
        let pong = ReceivedFrame(opcode: 0xA, payload: [0x2A])
        var frame = try ReceivedFrame(taking: socket.take)
        if frame.opcode == 1 { frame = try ReceivedFrame(taking: socket.take) }
        #expect(frame == pong, "\(one.testDescription)")
    }
}
