import Loop
import OTPless
import Testing

struct RefreshAttackTests {
    @Test func `a forged token of an old generation costs no more than one of the present`() throws
    {
        let key = try Sample.key()
        let (made, first) = try Sample.family()
        var family = made
        var token = first
        for number in 0..<9_999 {
            // One every 10 s: otherwise the list of rotations grows with them.
            let now = Sample.start + .seconds(10 * number)
            let redemption = family.redeem(token, key: key, idle: .seconds(3600), at: now)
            token = try #require(redemption.successor)
        }
        #expect(family.isGenuine(first, key: key))
        let old = try Self.cost(ofForging: first, in: family, key)
        let present = try Self.cost(ofForging: token, in: family, key)
        #expect(old < present * 50)
    }

    /// The least time of five that it takes to see that a token is forged.
    private static func cost(
        ofForging token: RefreshToken, in family: RefreshFamily, _ key: HMACKey
    ) throws -> Duration {
        var bytes = try #require(Base64URL.decode(token.text))
        bytes[51] ^= 1
        let forged = try #require(RefreshToken(Base64URL.encode(bytes)))
        let times = (0..<5).map { _ in
            let start = Moment.now
            let isGenuine = family.isGenuine(forged, key: key)
            #expect(!isGenuine)
            return Moment.now - start
        }
        return try #require(times.min())
    }
}
