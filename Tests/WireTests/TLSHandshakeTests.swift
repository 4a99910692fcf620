import Glibc
import Loop
import TestSupport
import Testing
import Wire

/// What is agreed upon, and what is refused.
@Suite(.blocking, .timeLimit(.minutes(2)))
struct TLSHandshakeTests {
    @Test(arguments: [TLSClient.Version.tls12, .tls13])
    func `TLS 1_2 and 1_3 are served`(version: TLSClient.Version) async throws {
        try await withTLSServer { server, _ in
            let client = try TLSClient(port: server.port, .with { $0.version = version })
            #expect(client.version == (version == .tls12 ? "TLSv1.2" : "TLSv1.3"))
            for text in ["one", "two"] {
                #expect(try client.ask("GET", "/now?\(text)").body.elementsEqual(text.utf8))
            }
        }
    }

    @Test func `TLS 1_1 is refused with an alert`() async throws {
        try await withTLSServer { server, _ in
            #expect(throws: TLSClient.Fault.alert(70), "protocol_version") {
                try TLSClient(port: server.port, .with { $0.version = .tls11 })
            }
        }
    }

    @Test(arguments: ["AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305"])
    func `each cipher is served with either kind of key`(name: String) async throws {
        let certificates = [
            ("ECDHE-ECDSA-", try TestCertificate()), ("ECDHE-RSA-", try TestCertificate.rsa.get()),
        ]
        for (exchange, certificate) in certificates {
            try await withTLSServer(certificate) { server, _ in
                let client = try TLSClient(
                    port: server.port,
                    .with {
                        $0.version = .tls12
                        $0.ciphers = exchange + name
                    })
                #expect(client.cipher == exchange + name)
                #expect(try client.ask("GET", "/now?a").status == 200)
            }
        }
    }

    @Test(arguments: [
        "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
    ])
    func `each suite of TLS 1_3 is served`(name: String) async throws {
        try await withTLSServer { server, _ in
            let client = try TLSClient(port: server.port, .with { $0.suites = name })
            #expect(client.cipher == name)
            #expect(try client.ask("GET", "/now?a").status == 200)
        }
    }

    @Test(arguments: [
        // CBC; no forward secrecy; finite-field Diffie-Hellman; no authentication.
        "ECDHE-RSA-AES128-SHA256:ECDHE-RSA-AES256-SHA", "AES128-GCM-SHA256:AES256-SHA",
        "DHE-RSA-AES128-GCM-SHA256", "AECDH-AES128-SHA:ADH-AES128-GCM-SHA256",
    ])
    func `a client with nothing but weak ciphers is refused`(ciphers: String) async throws {
        try await withTLSServer(try TestCertificate.rsa.get()) { server, _ in
            #expect(throws: TLSClient.Fault.alert(40), "handshake_failure") {
                try TLSClient(
                    port: server.port,
                    .with {
                        $0.version = .tls12
                        $0.ciphers = ciphers
                    })
            }
        }
    }

    @Test func `the server chooses, but a client that prefers ChaCha20 gets it`() async throws {
        try await withTLSServer { server, _ in
            let aes = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256"
            let chacha = "ECDHE-ECDSA-CHACHA20-POLY1305"
            for (offer, choice) in [
                ("\(aes):\(chacha)", "ECDHE-ECDSA-AES128-GCM-SHA256"), ("\(chacha):\(aes)", chacha),
            ] {
                let client = try TLSClient(
                    port: server.port,
                    .with {
                        $0.version = .tls12
                        $0.ciphers = offer
                    })
                #expect(client.cipher == choice)
            }
        }
    }

    @Test(arguments: [
        (["http/1.1"], "http/1.1"), (["h2", "http/1.1"], "http/1.1"),
        (["h2", "http/1.1", "http/1.0"], "http/1.1"), ([], nil),
    ])
    func `ALPN chooses HTTP 1_1`(offered: [String], chosen: String?) async throws {
        try await withTLSServer { server, _ in
            let client = try TLSClient(port: server.port, .with { $0.protocols = offered })
            #expect(client.chosenProtocol == chosen)
            #expect(try client.ask("GET", "/now?a").status == 200)
        }
    }

    @Test(arguments: [TLSClient.Version.tls12, .tls13])
    func `a client that speaks only HTTP 2 is told so`(version: TLSClient.Version) async throws {
        try await withTLSServer { server, _ in
            #expect(throws: TLSClient.Fault.alert(120), "no_application_protocol, RFC 7301 §3.2") {
                try TLSClient(
                    port: server.port,
                    .with {
                        $0.version = version
                        $0.protocols = ["h2"]
                    })
            }
        }
    }

    @Test func `renegotiation is refused`() async throws {
        try await withTLSServer { server, _ in
            let client = try TLSClient(port: server.port, .with { $0.version = .tls12 })
            #expect(try client.ask("GET", "/now?a").status == 200)
            #expect(throws: TLSClient.Fault.self) { try client.renegotiate() }
        }
    }

    @Test func `new keys are taken and given`() async throws {
        try await withTLSServer { server, _ in
            let client = try TLSClient(port: server.port, .with { $0.version = .tls13 })
            for _ in 0..<3 {
                try client.updateKeys()
                #expect(try client.ask("GET", "/now?a").body == [UInt8(ascii: "a")])
            }
        }
    }

    @Test func `the whole chain is sent`() async throws {
        let root = try TestCertificate(mayIssue: true)
        let middle = try TestCertificate(issuer: root, mayIssue: true)
        let own = try TestCertificate(issuer: middle)
        let context = try TLSContext(certificate: own.pem + middle.pem, key: own.keyPEM)
        try await withTLSServer { server, _ in
            await server.renew(context)
            let client = try TLSClient(port: server.port, .with { $0.root = root.pem })
            #expect(client.fingerprint == own.fingerprint)
            let stranger = try TestCertificate(mayIssue: true)
            #expect(throws: TLSClient.Fault.self) {
                try TLSClient(port: server.port, .with { $0.root = stranger.pem })
            }
        }
    }
}
