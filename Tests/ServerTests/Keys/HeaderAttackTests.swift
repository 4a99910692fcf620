import OTPless
import TestSupport
import Testing

/// What a token's header may say: what this server writes, and nothing else (RFC 8725 §3).
@Suite(.blocking, .timeLimit(.minutes(2)))
struct HeaderAttackTests {
    static let algorithms = ["HS256", "ES256", "EdDSA"]

    /// Every header with a right signature, with none, and with the genuine token's.
    private func refuses(_ headers: [String], by forger: TokenForger) throws {
        for header in headers {
            let part = Base64URL.encode(header.utf8)
            let tokens = [
                try forger.signed(header: header), "\(part).\(forger.claims).",
                "\(part).\(forger.claims)", "\(part).\(forger.claims).\(forger.signature)",
            ]
            for token in tokens {
                if let flaw = try forger.flaw(token) { Issue.record("\(header): \(flaw)") }
            }
        }
    }

    private func header(_ forger: TokenForger, alg: String) -> String {
        forger.headerJSON.replacing(#""alg":"\#(forger.algorithm)""#, with: #""alg":\#(alg)"#)
    }

    @Test(arguments: algorithms)
    func `alg none is refused in every spelling`(_ algorithm: String) async throws {
        let spellings = [
            #""none""#, #""None""#, #""NONE""#, #""nOnE""#, #""""#, #"" none""#, #""none\u0000""#,
            #""\u006eone""#, "null", #"["none"]"#, "0", "false", "{}",
        ]
        try await withForger(algorithm) { forger in
            try refuses(spellings.map { header(forger, alg: $0) }, by: forger)
            try refuses([#"{"alg":"none"}"#, #"{"typ":"JWT"}"#, "{}", ""], by: forger)
        }
    }

    @Test(arguments: algorithms)
    func `an algorithm that is not the key's is refused`(_ algorithm: String) async throws {
        let others = [
            "HS256", "HS384", "HS512", "RS256", "PS256", "ES256", "ES256K", "ES384", "ES512",
            "EdDSA", "Ed25519", "Ed448", "RSA-OAEP", "dir", "hs256", "es256", "eddsa", "EDDSA",
        ]
        try await withForger(algorithm) { forger in
            let headers = others.filter { $0 != algorithm }.map {
                header(forger, alg: "\"\($0)\"")
            }
            try refuses(headers, by: forger)
        }
    }

    @Test(arguments: ["ES256", "EdDSA"])
    func `a public key is no secret of HS256, in none of its forms`(
        _ algorithm: String
    ) async throws {
        try await withForger(algorithm) { forger in
            let key = try #require(forger.key)
            let keySet = try forger.server.call("GET", "/.well-known/jwks.json").body
            let point = key.publicPoint
            let secrets: [[UInt8]] = [
                key.publicPEM, Array(key.publicPEM.dropLast()), key.publicDER, point,
                Array(point.dropFirst()), Array(point.dropFirst().prefix(32)),
                Array(point.suffix(32)), keySet, Array(Base64URL.encode(point).utf8),
                Array(TokenForger.kid.utf8), [],
            ]
            for secret in secrets {
                for header in [forger.headerJSON, header(forger, alg: #""HS256""#)] {
                    let input = Array("\(Base64URL.encode(header.utf8)).\(forger.claims)".utf8)
                    let token = TokenForger.signed(input, secret: secret)
                    if let flaw = try forger.flaw(token) { Issue.record("\(header): \(flaw)") }
                }
            }
        }
    }

    @Test(arguments: algorithms)
    func `an unknown kid, a foreign one or none is refused`(_ algorithm: String) async throws {
        try await withForger(algorithm) { forger in
            let kid = try #require(forger.headerJSON.split(separator: "\"").dropFirst(7).first)
            let kids = [
                "other", "", "\(kid) ", " \(kid)", "\(kid)\\u0000", "\(kid).pem",
                kid.uppercased() + "X",
                String(kid.dropLast()), "\(kid)\(kid)", "\(kid),\(kid)", "*", ".*",
            ]
            var headers = kids.map { forger.headerJSON.replacing("\"\(kid)\"", with: "\"\($0)\"") }
            headers += ["null", "1", "[\"\(kid)\"]", "{}", "true"].map {
                forger.headerJSON.replacing("\"\(kid)\"", with: $0)
            }
            headers.append(forger.headerJSON.replacing(#""kid":"\#(kid)","#, with: ""))
            #expect(Set(headers).count == headers.count && !headers.contains(forger.headerJSON))
            try refuses(headers, by: forger)
        }
    }

    @Test(arguments: algorithms)
    func `a kid with a path, SQL or a command in it is refused and harms nothing`(
        _ algorithm: String
    ) async throws {
        let kids = [
            "../../../../../../dev/null", "/dev/null", "/etc/passwd", "..", ".",
            "./\(TokenForger.kid)",
            "\(TokenForger.kid).pem", "..\\\\..\\\\x", "%2e%2e%2f", "file:///dev/null",
            "http://127.0.0.1:1/k",
            "' OR '1'='1", "x'; DROP TABLE users; --", "1 UNION SELECT 'key'", "$(id)", "`id`",
            "|id",
            "{{7*7}}", "\\u0000", "\\n",
        ]
        try await withForger(algorithm) { forger in
            let headers = kids.map { #"{"alg":"\#(algorithm)","kid":"\#($0)","typ":"JWT"}"# }
            try refuses(headers, by: forger)
            for header in headers {
                // What /dev/null and an empty row hold.
                let asHMAC = header.replacing(algorithm, with: "HS256")
                let input = Array("\(Base64URL.encode(asHMAC.utf8)).\(forger.claims)".utf8)
                #expect(try forger.flaw(TokenForger.signed(input, secret: [])) == nil)
            }
        }
    }

    @Test(arguments: algorithms)
    func `a key that comes with the token is not taken: jwk, jku, x5u, x5c`(
        _ algorithm: String
    ) async throws {
        try await withForger(algorithm) { forger in
            let own = try TestKey(algorithm == "EdDSA" ? .ed25519 : .p256)
            let point = own.publicPoint
            let x = Base64URL.encode(algorithm == "EdDSA" ? point : Array(point[1..<33]))
            let jwk =
                algorithm == "EdDSA"
                ? #"{"kty":"OKP","crv":"Ed25519","x":"\#(x)"}"#
                : #"{"kty":"EC","crv":"P-256","x":"\#(x)","y":"\#(Base64URL.encode(point[33...]))"}"#
            let url = "http://127.0.0.1:\(forger.server.port)/.well-known/jwks.json"
            let members = [
                #""jwk":\#(jwk)"#, #""jwk":{"kty":"oct","k":"AA"}"#, #""jku":"\#(url)""#,
                #""x5u":"\#(url)""#, #""x5c":["\#(Base64URL.encode(own.publicDER))"]"#,
                #""x5t":"AAAA""#, #""x5t#S256":"AAAA""#,
            ]
            for member in members {
                let headers = [
                    forger.headerJSON.with(last: member), forger.headerJSON.with(first: member),
                ]
                try refuses(headers, by: forger)
                for header in headers + [forger.headerJSON] {
                    let input = Array("\(Base64URL.encode(header.utf8)).\(forger.claims)".utf8)
                    let signature = own.signature(of: input)
                    let raw = algorithm == "EdDSA" ? signature : RawSignature.canonical(signature)
                    let token = String(decoding: input, as: UTF8.self) + "." + Base64URL.encode(raw)
                    if let flaw = try forger.flaw(token) { Issue.record("\(header): \(flaw)") }
                }
            }
        }
    }

    @Test(arguments: algorithms)
    func `crit and b64 are refused`(_ algorithm: String) async throws {
        try await withForger(algorithm) { forger in
            let members = [
                #""crit":["exp"]"#, #""crit":[]"#, #""crit":["b64"],"b64":false"#, #""b64":false"#,
                #""b64":true"#, #""crit":["x"],"x":1"#, #""zip":"DEF""#, #""cty":"JWT""#, #""x":1"#,
            ]
            try refuses(members.map { forger.headerJSON.with(last: $0) }, by: forger)
            // RFC 7797: the claims as they are, which have neither dots nor spaces in part of the cases.
            let header = forger.headerJSON.with(last: #""b64":false,"crit":["b64"]"#)
            let token = try forger.signed(
                parts: Base64URL.encode(header.utf8), forger.claimsJSON.replacing(".", with: "%2E"))
            #expect(try forger.flaw(token) == nil)
        }
    }

    @Test(arguments: algorithms)
    func `duplicate members of the header are refused`(_ algorithm: String) async throws {
        try await withForger(algorithm) { forger in
            let json = forger.headerJSON
            try refuses(
                [
                    json.with(last: #""alg":"none""#), json.with(first: #""alg":"none""#),
                    json.with(last: #""alg":"\#(algorithm)""#),
                    json.with(first: #""kid":"other""#), json.with(last: #""kid":"other""#),
                    json.with(last: #""typ":"JWT""#), json.with(last: #""a\u006cg":"none""#),
                ], by: forger)
        }
    }

    @Test(arguments: algorithms)
    func `the same header in other bytes is refused`(_ algorithm: String) async throws {
        try await withForger(algorithm) { forger in
            let json = forger.headerJSON
            let kid = try #require(json.split(separator: "\"").dropFirst(7).first)
            try refuses(
                [
                    " " + json, json + " ", json + "\n", json.replacing(":", with: ": "),
                    #"{"typ":"JWT","alg":"\#(algorithm)","kid":"\#(kid)"}"#,
                    json.replacing("JWT", with: "jwt"), json.replacing(#","typ":"JWT""#, with: ""),
                    json.replacing("JWT", with: "at+jwt"), json.replacing("alg", with: "ALG"),
                    json.replacing("alg", with: "\\u0061lg"), "\u{FEFF}" + json, "[\(json)]",
                    json + json, String(json.dropLast()), json.replacing("\"", with: "'"),
                ], by: forger)
        }
    }
}
