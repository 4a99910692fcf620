import OTPless
import Testing

struct RefreshFamilyTests {
    private static let idle = Duration.seconds(30 * 86_400)
    private static let instant = Duration.milliseconds(1)

    @Test func `every refresh rotates`() throws {
        var line = try Line()
        var seen = [line.token.text]
        for _ in 0..<5 {
            line.now = line.now + .seconds(60)
            seen.append(try line.rotate().text)
        }
        #expect(Set(seen).count == 6)
        #expect(line.family.generation == 5)
        #expect(line.family.lastUsedAt == line.now)
    }

    @Test func `a repetition within 10 seconds gives the same successor`() throws {
        var line = try Line()
        let first = line.token
        let successor = try line.rotate()
        for age in [Duration.zero, .seconds(5), .seconds(10) - Self.instant] {
            let again = line.redeem(first, after: age)
            #expect(again.successor?.text == successor.text)
        }
        #expect(line.family.generation == 1)
        #expect(line.family.endedAt == nil)
    }

    @Test func `a used token presented later ends the whole family`() throws {
        var line = try Line()
        let first = line.token
        let successor = try line.rotate()
        #expect(line.redeem(first, after: .seconds(10)).isReused)
        #expect(line.family.endedAt == line.now + .seconds(10))
        #expect(line.redeem(successor, after: .seconds(10)).isOver)
        #expect(line.redeem(first, after: .seconds(11)).isOver)
    }

    @Test func `an older generation may be repeated for 10 seconds from its own rotation`() throws {
        var line = try Line()
        let zero = line.token
        let one = try line.rotate()
        line.now = line.now + .seconds(6)
        let two = try line.rotate()
        // 9 s after the first rotation, 3 s after the second.
        #expect(line.redeem(zero, after: .seconds(3)).successor?.text == one.text)
        #expect(line.redeem(one, after: .seconds(3)).successor?.text == two.text)
        // 10 s after the first: the second may still be repeated, the first is a theft.
        #expect(line.redeem(one, after: .seconds(4)).successor?.text == two.text)
        #expect(line.redeem(zero, after: .seconds(4)).isReused)
    }

    @Test func `a much older generation ends the family`() throws {
        var line = try Line()
        let zero = line.token
        for _ in 0..<20 {
            line.now = line.now + .seconds(600)
            _ = try line.rotate()
        }
        #expect(line.family.isGenuine(zero, key: line.key))
        #expect(line.redeem(zero, after: .zero).isReused)
    }

    @Test func `a forged token changes nothing`() throws {
        var line = try Line()
        let first = line.token
        _ = try line.rotate()
        let present = line.token
        let other = try Sample.family()
        let forgeries = [
            Self.token(like: first, generation: 0, flipping: 51),
            Self.token(like: present, generation: 1, flipping: 20),
            Self.token(like: first, generation: 1), Self.token(like: present, generation: 0),
            Self.token(like: present, generation: 2), Self.token(like: present, generation: .max),
            Self.token(like: present, family: other.token), other.token,
        ]
        for forgery in forgeries {
            let forgery = try #require(forgery)
            #expect(line.redeem(forgery, after: .seconds(60)).isForged)
            #expect(!line.family.isGenuine(forgery, key: line.key))
        }
        #expect(line.family.endedAt == nil)
        #expect(line.redeem(present, after: .seconds(60)).successor != nil)
    }

    @Test func `another installation's key proves nothing`() throws {
        var line = try Line()
        let first = line.token
        _ = try line.rotate()
        let otherKey = try Sample.key(8)
        #expect(!line.family.isGenuine(first, key: otherKey))
        #expect(!line.family.isGenuine(line.token, key: otherKey))
    }

    @Test func `an unused family runs out after its idle time`() throws {
        for (age, isOver) in [(Self.idle - Self.instant, false), (Self.idle, true)] {
            var line = try Line()
            let redemption = line.redeem(line.token, after: age)
            #expect(redemption.isOver == isOver)
            #expect((redemption.successor == nil) == isOver)
        }
    }

    @Test func `no use keeps a family alive beyond 90 days`() throws {
        var line = try Line()
        for _ in 0..<4 {
            line.now = line.now + .seconds(20 * 86_400)
            _ = try line.rotate()
        }
        let rest = Duration.seconds(10 * 86_400)
        var copy = line
        #expect(copy.redeem(line.token, after: rest - Self.instant).successor != nil)
        #expect(line.redeem(line.token, after: rest).isOver)
    }

    @Test func `an ended family gives nothing to anybody`() throws {
        var line = try Line()
        let first = line.token
        let successor = try line.rotate()
        line.family.endedAt = line.now
        #expect(line.redeem(first, after: .zero).isOver)
        #expect(line.redeem(successor, after: .zero).isOver)
        // It is still known to be ours: a repeated logout succeeds.
        #expect(line.family.isGenuine(first, key: line.key))
    }

    @Test func `many refreshes within 10 seconds do not grow the row without bound`() throws {
        var line = try Line()
        for _ in 0..<1000 { _ = try line.rotate() }
        #expect(line.family.rotations.count <= 100)
    }

    @Test func `a token reads back as it was written`() throws {
        var line = try Line()
        for _ in 0..<300 { _ = try line.rotate() }
        let text = line.token.text
        #expect(text.utf8.count == 91)
        let read = try #require(RefreshToken(text))
        #expect(read.text == text)
        #expect(read.family == line.family.id)
        #expect(line.family.isGenuine(read, key: line.key))
    }

    @Test(arguments: [
        "", "A", String(repeating: "A", count: 69), String(repeating: "A", count: 71),
        String(repeating: "A", count: 69) + "B", String(repeating: "A", count: 69) + "=",
        String(repeating: "A", count: 69) + "/", "\n" + String(repeating: "A", count: 69),
        String(repeating: "A", count: 68) + "é", String(repeating: "A", count: 1_000_000),
    ])
    func `a malformed token is refused`(_ text: String) {
        #expect(RefreshToken(text) == nil)
    }

    /// A token's text with some of its 52 bytes replaced.
    private static func token(
        like token: RefreshToken, generation: UInt32? = nil, flipping index: Int? = nil,
        family other: RefreshToken? = nil
    ) -> RefreshToken? {
        guard var bytes = Base64URL.decode(token.text) else { return nil }
        if let generation {
            for offset in 0..<4 {
                bytes[16 + offset] = UInt8(
                    truncatingIfNeeded: generation >> UInt32(24 - 8 * offset))
            }
        }
        if let index { bytes[index] ^= 1 }
        if let other { bytes.replaceSubrange(0..<16, with: other.family.bytes) }
        return RefreshToken(Base64URL.encode(bytes))
    }
}

/// A family, its newest token and the time.
private struct Line {
    var family: RefreshFamily
    var token: RefreshToken
    var now = Sample.start
    let key: HMACKey

    init() throws {
        (family, token) = try Sample.family()
        key = try Sample.key()
    }

    mutating func redeem(
        _ token: RefreshToken, after age: Duration
    ) -> RefreshFamily.Redemption {
        family.redeem(token, key: key, idle: .seconds(30 * 86_400), at: now + age)
    }

    /// Exchanges the newest token.
    mutating func rotate() throws -> RefreshToken {
        token = try #require(redeem(token, after: .zero).successor)
        return token
    }
}

extension RefreshFamily.Redemption {
    var successor: RefreshToken? {
        if case .successor(let token) = self { token } else { nil }
    }

    var isReused: Bool { if case .reused = self { true } else { false } }
    var isOver: Bool { if case .over = self { true } else { false } }
    var isForged: Bool { if case .forged = self { true } else { false } }
}
