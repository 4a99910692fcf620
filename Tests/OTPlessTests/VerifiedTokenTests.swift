import OTPless
import Testing

/// What a token that was verified before leaves open to others: nothing.
struct VerifiedTokenTests {
    private static let now = Timestamp(seconds: 1_800_000_000)
    private let family = FamilyID.make(at: now, .system)
    private let user: User
    private let tokens: AccessTokens

    init() throws {
        user = try Sample.user()
        let settings = AccessTokens.Settings(
            issuer: "https://login.example.com", audience: "app", lifetime: .seconds(900))
        tokens = try #require(
            AccessTokens(
                secret: Secret("0123456789abcdef0123456789abcdef"), settings: settings))
    }

    private func issue(_ family: FamilyID) -> [UInt8] {
        Array(tokens.issue(for: user, family: family, at: Self.now, .system).utf8)
    }

    @Test func `no byte of it can be another`() throws {
        let token = issue(family)
        for _ in 0..<2 { #expect(tokens.verify(token[...], at: Self.now)?.family == family) }
        for place in token.indices {
            var changed = token
            changed[place] ^= 1
            #expect(tokens.verify(changed[...], at: Self.now) == nil)
        }
        #expect(tokens.verify(token.dropLast(), at: Self.now) == nil)
        #expect(tokens.verify((token + [65])[...], at: Self.now) == nil)
        #expect(tokens.verify(([65] + token)[...], at: Self.now) == nil)
    }

    @Test func `it runs out when it says so`() {
        let token = issue(family)
        for second in [0, 899] as [Int64] {
            #expect(tokens.verify(token[...], at: Self.now + .seconds(second)) != nil)
        }
        #expect(tokens.verify(token[...], at: Self.now + .seconds(900)) == nil)
    }

    /// Its key may be the one that goes.
    @Test func `a token that is being verified while the keys change is not remembered`() throws {
        let token = issue(family)
        let caller = try #require(tokens.verify(token[...], at: Self.now))
        let verified = VerifiedTokens()
        let before = verified.generation
        verified.insert(token[...], caller, of: before)
        #expect(verified.caller(token[...], at: Self.now) == caller)
        verified.forget()
        #expect(verified.caller(token[...], at: Self.now) == nil)
        verified.insert(token[...], caller, of: before)
        #expect(verified.caller(token[...], at: Self.now) == nil)
        verified.insert(token[...], caller, of: verified.generation)
        #expect(verified.caller(token[...], at: Self.now) == caller)
    }

    @Test func `those that share a place are told apart`() {
        let issued = (0..<4000).map { _ in
            let family = FamilyID.make(at: Self.now, .system)
            return (family, issue(family))
        }
        for _ in 0..<2 {
            for (family, token) in issued {
                guard tokens.verify(token[...], at: Self.now)?.family == family else {
                    Issue.record("a token was taken for another, or refused")
                    return
                }
            }
        }
    }
}
