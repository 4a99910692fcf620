import OTPless
import TestSupport
import Testing

/// A token is three parts in base64url, in one form (RFC 7515 §2, RFC 8725 §3.11).
@Suite(.blocking, .timeLimit(.minutes(2)))
struct TokenFormTests {
    private func refuses(_ tokens: [String], by forger: TokenForger) throws {
        for token in tokens where token != forger.token {
            if let flaw = try forger.flaw(token) { Issue.record("\(flaw)") }
        }
    }

    private static let letters = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")

    /// Texts that a careless decoder reads as the same bytes: the last letter's spare bits are not zero.
    private static func sisters(_ text: String) -> [String] {
        let spare = [0: 0, 2: 4, 3: 2][text.count % 4] ?? 0
        guard let last = text.last, let index = letters.firstIndex(of: last) else { return [] }
        return (0..<(1 << spare)).dropFirst().map {
            String(text.dropLast()) + String(letters[index + $0])
        }
    }

    @Test(arguments: HeaderAttackTests.algorithms)
    func `padding, whitespace and the other alphabet are refused`(
        _ algorithm: String
    ) async throws {
        try await withForger(algorithm) { forger in
            let (header, claims, signature) = (forger.header, forger.claims, forger.signature)
            var tokens: [String] = []
            for extra in ["=", "==", "\t", "%", "%3D", "+", "/", "!", "\u{E9}", "~", ","] {
                tokens += [
                    "\(header)\(extra).\(claims).\(signature)",
                    "\(header).\(claims).\(signature)\(extra)A",
                    "\(header).\(claims)\(extra).\(signature)",
                    "\(header).\(claims).A\(extra)\(signature)",
                    try forger.signed(parts: header, claims + extra),
                    try forger.signed(parts: header, extra + claims),
                    try forger.signed(parts: header + extra, claims),
                ]
            }
            tokens.append("\(header).\(claims).\(signature)=")
            tokens.append("\(header).\(claims).\(signature)==")
            tokens.append(forger.token.replacing("-", with: "+").replacing("_", with: "/"))
            try refuses(tokens, by: forger)
            // Two words are no token at all (RFC 6750 §2.1).
            let reply = try forger.server.me("\(header). \(claims).\(signature)")
            #expect(reply.isError(401, "MISSING_AUTHORIZATION"))
        }
    }

    @Test(arguments: HeaderAttackTests.algorithms)
    func `bits that belong to no byte must be zero`(_ algorithm: String) async throws {
        try await withForger(algorithm) { forger in
            let sisters = Self.sisters(forger.signature)
            #expect(!sisters.isEmpty)
            try refuses(sisters.map { "\(forger.header).\(forger.claims).\($0)" }, by: forger)
            // Claims with such bits, rightly signed: two of these three have some.
            var refused = 0
            for filler in ["", "x", "xx"] {
                let json = forger.claimsJSON.with(last: #""f":"\#(filler)""#)
                let claims = Base64URL.encode(json.utf8)
                #expect(try forger.isAccepted(try forger.signed(parts: forger.header, claims)))
                for sister in Self.sisters(claims) {
                    try refuses([try forger.signed(parts: forger.header, sister)], by: forger)
                    refused += 1
                }
            }
            #expect(refused == 18)
            for sister in Self.sisters(forger.header) {
                try refuses([try forger.signed(parts: sister, forger.claims)], by: forger)
            }
        }
    }

    @Test(arguments: HeaderAttackTests.algorithms)
    func `a dot too many or too few is refused`(_ algorithm: String) async throws {
        try await withForger(algorithm) { forger in
            let (header, claims, signature) = (forger.header, forger.claims, forger.signature)
            try refuses(
                [
                    ".", "..", "...", header, "\(header).", "\(header)..", "\(header).\(claims)",
                    "\(header).\(claims).", "\(header)..\(signature)", ".\(claims).\(signature)",
                    "\(header)\(claims).\(signature)", "\(header).\(claims)\(signature)",
                    "\(header)..\(claims).\(signature)", "\(header).\(claims)..\(signature)",
                    ".\(forger.token)", "\(forger.token).", "\(forger.token).\(signature)",
                    "\(forger.token).\(forger.token)", "\(header).\(header).\(signature)",
                    "\(claims).\(header).\(signature)",
                    "\(header).\(header).\(claims).\(signature)",
                    try forger.signed(parts: header, ".\(claims)"),
                    try forger.signed(parts: header, "\(claims)."),
                    try forger.signed(parts: header, "\(claims).\(claims)"),
                    try forger.signed(parts: header, ""),
                ], by: forger)
        }
    }

    @Test(arguments: HeaderAttackTests.algorithms)
    func `a token of JWE, in JSON, nested or detached is refused`(_ algorithm: String) async throws
    {
        try await withForger(algorithm) { forger in
            let (header, claims, signature) = (forger.header, forger.claims, forger.signature)
            let jwe = Base64URL.encode(#"{"alg":"dir","enc":"A256GCM"}"#.utf8)
            let nested = Base64URL.encode(forger.token.utf8)
            let typed = Base64URL.encode(forger.headerJSON.with(first: #""cty":"JWT""#).utf8)
            try refuses(
                [
                    "\(jwe)..AAAA.\(claims).\(signature)", "\(header)..AAAA.\(claims).\(signature)",
                    "\(jwe).\(claims).\(signature)", "\(header).\(claims).\(signature).AAAA.AAAA",
                    #"{"protected":"\#(header)","payload":"\#(claims)","signature":"\#(signature)"}"#,
                    #"{"payload":"\#(claims)","signatures":[{"protected":"\#(header)","signature":"\#(signature)"}]}"#,
                    try forger.signed(parts: header, nested),
                    try forger.signed(parts: typed, nested),
                    try forger.signed(claims: "\"\(forger.token)\""), nested,
                    Base64URL.encode(nested.utf8),
                ], by: forger)
        }
    }

    @Test(arguments: HeaderAttackTests.algorithms)
    func `duplicate members of the claims are refused, and what is not JSON`(
        _ algorithm: String
    ) async throws {
        try await withForger(algorithm) { forger in
            let json = forger.claimsJSON
            let other = #""sub":"00000000-0000-7000-8000-000000000000""#
            let wrong = [
                json.with(first: other), json.with(last: other),
                json.with(last: #""exp":9999999999"#), json.with(last: #""s\u0075b":"x""#),
                json.with(last: #""x":1,"x":1"#), "[\(json)]", json + json, json + " x",
                "\u{FEFF}" + json,
                String(json.dropLast()), json.replacing("}", with: ",}"), "null", "\"\"", "1", "{}",
                " ",
                json.replacing("\"", with: "'"), json.with(last: #""a":NaN"#),
                #"{"x":"# + String(repeating: "[", count: 900),
            ]
            try refuses(try wrong.map { try forger.signed(claims: $0) }, by: forger)
        }
    }

    @Test(arguments: HeaderAttackTests.algorithms)
    func `a huge token is refused, rightly signed or not`(_ algorithm: String) async throws {
        try await withForger(algorithm) { forger in
            let json = { (count: Int) in
                forger.claimsJSON.with(last: #""f":"\#(String(repeating: "x", count: count))""#)
            }
            #expect(try forger.isAccepted(try forger.signed(claims: json(1000))))
            var tokens = [
                String(repeating: ".", count: 15_000), String(repeating: "A", count: 15_000),
            ]
            tokens += try [3000, 10_000].map { try forger.signed(claims: json($0)) }
            tokens.append(forger.token + String(repeating: "A", count: 14_000))
            tokens.append(forger.header + String(repeating: ".A", count: 7_000))
            try refuses(tokens, by: forger)
            let whole = try forger.server.me(String(repeating: "A", count: 20_000))
            #expect(whole.isError(431))
        }
    }
}
