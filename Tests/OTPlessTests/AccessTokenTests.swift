import OTPless
import Testing

struct AccessTokenTests {
    private static let secret = "0123456789abcdef0123456789abcdef"
    private static let now = Timestamp(seconds: 1_800_000_000)
    private let user: User
    private let family = FamilyID.make(at: now, .system)
    private let tokens: AccessTokens

    init() throws {
        user = try Sample.user(name: "Ada \"L\"")
        tokens = try #require(Self.tokens())
    }

    @Test func `a token that was issued verifies until its last second`() throws {
        let token = issue()
        let caller = try #require(verify(token))
        #expect(caller.user == user.id)
        #expect(caller.family == family)
        #expect(caller.expiresAt == Self.now + .seconds(900))
        #expect(verify(token, at: Self.now + .seconds(899) + .milliseconds(999)) != nil)
        #expect(verify(token, at: Self.now + .seconds(900)) == nil)
    }

    @Test func `the claims are those of the contract`() throws {
        let parts = issue().split(separator: ".").map { Base64URL.decode(String($0)) }
        let header = try JSONDocument(try #require(parts[0])).root
        let claims = try JSONDocument(try #require(parts[1])).root
        #expect(header["alg"]?.string == "HS256")
        #expect(header["typ"]?.string == "JWT")
        #expect(header["kid"]?.string?.isEmpty == false)
        #expect(claims["iss"]?.string == "https://login.example.com")
        #expect(claims["aud"]?.string == "app")
        #expect(claims["sub"]?.string == user.id.description)
        #expect(claims["sid"]?.string == family.description)
        #expect(claims["name"]?.string == "Ada \"L\"")
        #expect(claims["phone_number"]?.string == "+16505550142")
        #expect(claims["iat"]?.integer == 1_800_000_000)
        #expect(claims["exp"]?.integer == 1_800_000_900)
        #expect(claims["jti"]?.string?.isEmpty == false)
        #expect(issue() != issue())
    }

    @Test func `a user without a name gets no name claim`() throws {
        let token = tokens.issue(for: try Sample.user(), family: family, at: Self.now, .system)
        let claims = try #require(Base64URL.decode(String(token.split(separator: ".")[1])))
        #expect(try JSONDocument(claims).root["name"] == nil)
        #expect(verify(token) != nil)
    }

    @Test func `a header of the attacker's choice is refused, even with a right signature`() throws
    {
        let claims = Self.part(issue(), 1)
        for header in [
            #"{"alg":"none","typ":"JWT"}"#, #"{"alg":"HS256","typ":"JWT"}"#,
            #"{"alg":"HS256","kid":"other","typ":"JWT"}"#,
            #"{"alg":"HS512","kid":"x","typ":"JWT"}"#,
            #"{"alg":"RS256","typ":"JWT","jwk":{}}"#, "{}", "",
        ] {
            let signed = Base64URL.encode(header.utf8) + "." + claims
            #expect(verify(try Self.sign(signed)) == nil)
            #expect(verify(signed + ".") == nil)
            #expect(verify(signed) == nil)
        }
    }

    @Test func `another key's token is refused`() throws {
        let other = try #require(Self.tokens(secret: "fedcba9876543210fedcba9876543210"))
        let token = other.issue(for: user, family: family, at: Self.now, .system)
        #expect(verify(token) == nil)
        // The other key's signature under this key's header.
        let mixed = [Self.part(issue(), 0), Self.part(token, 1), Self.part(token, 2)]
        #expect(verify(mixed.joined(separator: ".")) == nil)
    }

    @Test func `every changed byte is noticed`() {
        let token = Array(issue().utf8)
        for index in token.indices {
            var changed = token
            changed[index] =
                changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            guard changed != token else { continue }
            #expect(tokens.verify(changed[...], at: Self.now) == nil)
        }
    }

    @Test func `every truncation is noticed`() {
        let token = Array(issue().utf8)
        for count in token.indices {
            #expect(tokens.verify(token[..<count], at: Self.now) == nil)
        }
        #expect(tokens.verify(token.dropFirst(), at: Self.now) == nil)
    }

    @Test(arguments: ["=", "==", ".", " ", "\n", "A", "AAAA", ".AAAA", "\u{0}"])
    func `nothing may stand behind a token or before it`(_ extra: String) {
        #expect(verify(issue() + extra) == nil)
        #expect(verify(extra + issue()) == nil)
    }

    @Test func `a token has one form only`() throws {
        let token = issue()
        // 32 bytes end in a letter of which two bits must be zero: the next letter decodes alike.
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let last = try #require(token.last)
        let index = try #require(letters.firstIndex(of: last))
        #expect(verify(token.dropLast() + String(letters[index + 1])) == nil)
        #expect(verify(token.replacing("-", with: "+").replacing("_", with: "/") + "=") == nil)
    }

    @Test func `a slice of a larger buffer is checked as it stands`() {
        let token = issue()
        let buffer = Array("Bearer \(token), next".utf8)
        #expect(tokens.verify(buffer[7..<(7 + token.utf8.count)], at: Self.now) != nil)
        #expect(tokens.verify(buffer[7...], at: Self.now) == nil)
        #expect(tokens.verify(buffer[...], at: Self.now) == nil)
    }

    @Test(arguments: ["iss", "aud", "sub", "sid", "iat", "exp"])
    func `a required claim that is missing or of another kind is refused`(_ name: String) throws {
        let claims = try claims()
        for value in [nil, "null", "1", "[]", "{}", "\"\"", "\"x\"", "1.8e9", "\"1800000900\""] {
            #expect(verify(try signed(Self.json(claims, replacing: name, with: value))) == nil)
        }
        #expect(verify(try signed(Self.json(claims, replacing: "", with: nil))) != nil)
    }

    @Test func `duplicate members and broken JSON are refused`() throws {
        let json = Self.json(try claims(), replacing: "", with: nil)
        for broken in [
            "{\"exp\":9999999999," + json.dropFirst(), json.dropLast() + ",\"exp\":9999999999}",
            json + " x", json.dropLast() + ",}", "[" + json + "]", "", "null", "\"\"",
            String(json.dropLast()),
        ] {
            #expect(verify(try signed(String(broken))) == nil)
        }
    }

    @Test func `a huge token is refused`() throws {
        let filler = String(repeating: "x", count: 3000)
        let json = Self.json(try claims(), replacing: "filler", with: "\"\(filler)\"")
        #expect(verify(try signed(json)) == nil)
        #expect(verify(String(repeating: ".", count: 1_000_000)) == nil)
        #expect(verify("") == nil)
        #expect(verify("..") == nil)
    }

    @Test func `a token is never too long for its own issuer`() throws {
        // The longest name there is, and an issuer of a length that configuration allows.
        let name = String(repeating: "\u{1F600}", count: 100)
        let settings = AccessTokens.Settings(
            issuer: "https://" + String(repeating: "a", count: 248),
            audience:
                String(repeating: "b", count: 256), lifetime: .seconds(900))
        let tokens = try #require(AccessTokens(secret: Secret(Self.secret), settings: settings))
        let token = tokens.issue(
            for: try Sample.user(name: name), family: family, at: Self.now, .system)
        #expect(tokens.verify(Array(token.utf8)[...], at: Self.now) != nil)
    }

    @Test func `an empty secret signs nothing`() {
        #expect(Self.tokens(secret: "") == nil)
    }

    // MARK: Forging

    private static func tokens(secret: String = secret) -> AccessTokens? {
        AccessTokens(
            secret: Secret(secret),
            settings: AccessTokens.Settings(
                issuer: "https://login.example.com", audience: "app", lifetime: .seconds(900)))
    }

    private func issue() -> String {
        tokens.issue(for: user, family: family, at: Self.now, .system)
    }

    private func verify(_ token: String, at now: Timestamp = now) -> Caller? {
        tokens.verify(Array(token.utf8)[...], at: now)
    }

    private static func part(_ token: String, _ index: Int) -> String {
        String(token.split(separator: ".")[index])
    }

    /// Signs with the server's own key.
    private static func sign(_ text: String) throws -> String {
        let key = try #require(HMACKey(Array(secret.utf8)))
        return text + "." + Base64URL.encode(key.code(of: Array(text.utf8)[...]))
    }

    private func signed(_ claims: String) throws -> String {
        try Self.sign(Self.part(issue(), 0) + "." + Base64URL.encode(claims.utf8))
    }

    private func claims() throws -> [(name: String, json: String)] {
        let bytes = try #require(Base64URL.decode(Self.part(issue(), 1)))
        let root = try JSONDocument(bytes).root
        return ["iss", "aud", "sub", "sid", "iat", "exp"].compactMap { name in
            root[name].map { (name, String(decoding: $0.bytes, as: UTF8.self)) }
        }
    }

    private static func json(
        _ claims: [(name: String, json: String)], replacing name: String, with value: String?
    ) -> String {
        var members = claims.filter { $0.name != name }.map { "\"\($0.name)\":\($0.json)" }
        if let value { members.append("\"\(name)\":\(value)") }
        return "{" + members.joined(separator: ",") + "}"
    }
}
