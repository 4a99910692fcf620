import OTPless

extension Oracle {
    /// No token verifies but those that were issued, and signed claims only if they are right.
    ///
    /// The first byte says what the others are: a token (0), edits of one that was issued (1), claims
    /// (2) or the part between the dots (3), which are given the right header and signature.
    package static let token = Oracle(name: "token") { bytes throws(OracleFault) in
        guard let issuer = TokenIssuer.only else { throw OracleFault(description: "no issuer") }
        let rest = bytes.dropFirst()
        switch bytes.first.map({ $0 % 4 }) {
        case 0: try judge(Array(rest), issuer)
        case 1: try judge(issuer.edited(by: rest), issuer)
        case 2: try judgeClaims(issuer.signed(Array(Base64URL.encode(rest).utf8)), rest, issuer)
        case 3:
            let claims = Base64URL.decode(rest)
            try judgeClaims(issuer.signed(Array(rest)), (claims ?? [])[...], issuer)
        default: break
        }
    }

    private static func judge(_ token: [UInt8], _ issuer: TokenIssuer) throws(OracleFault) {
        let isIssued = issuer.issued.contains(token)
        for tokens in [issuer.tokens, issuer.others] {
            let caller = tokens.verify(token[...], at: TokenIssuer.now)
            let isRight = isIssued && tokens.lifetime == issuer.tokens.lifetime
            try require((caller != nil) == isRight, "verified: \(caller != nil)")
        }
        try require(
            issuer.tokens.verify(token[...], at: TokenIssuer.now + issuer.tokens.lifetime) == nil,
            "verified after its time")
    }

    /// What is believed of claims stands in them, and they are for us and in time.
    private static func judgeClaims(
        _ token: [UInt8], _ claims: ArraySlice<UInt8>, _ issuer: TokenIssuer
    ) throws(OracleFault) {
        let other = issuer.others.verify(token[...], at: TokenIssuer.now)
        try require(other == nil, "another key's token verified")
        guard let caller = issuer.tokens.verify(token[...], at: TokenIssuer.now) else { return }
        guard let root = try? JSONDocument(claims).root else {
            throw OracleFault(description: "claims that are not JSON verified")
        }
        let times = (issued: root["iat"]?.integer ?? .min, expires: root["exp"]?.integer ?? .min)
        let age = TokenIssuer.now.seconds.subtractingReportingOverflow(times.issued)
        try require(root["iss"]?.string == TokenIssuer.settings.issuer, "another issuer's")
        try require(root["aud"]?.string == TokenIssuer.settings.audience, "for others")
        try require(root["sub"]?.string == caller.user.description, "another user's")
        try require(root["sid"]?.string == caller.family.description, "another login's")
        try require(times.expires > TokenIssuer.now.seconds, "expired at \(times.expires)")
        try require(!age.overflow && age.partialValue < 900, "issued at \(times.issued)")
        try judgeTime(of: token, caller, issuer)
    }

    /// Asked again it is the same caller, up to the end and no longer: what is remembered runs out, too.
    private static func judgeTime(
        of token: [UInt8], _ caller: Caller, _ issuer: TokenIssuer
    ) throws(OracleFault) {
        let end = caller.expiresAt
        let last = end - .milliseconds(1)
        try require(issuer.tokens.verify(token[...], at: last) == caller, "not the same again")
        try require(issuer.tokens.verify(token[...], at: end) == nil, "verified after its time")
    }
}

/// Who signs in the oracle: always with the same keys, so that seeds can hold right tokens.
struct TokenIssuer: Sendable {
    static let now = Timestamp(seconds: 1_800_000_000)
    static let settings = AccessTokens.Settings(
        issuer: "https://login.example.com", audience: "app", lifetime: .seconds(900))
    static let only = TokenIssuer()

    let tokens: AccessTokens
    /// Of another secret, and for a shorter time.
    let others: AccessTokens
    /// Two tokens, byte by byte.
    let issued: [[UInt8]]
    private let key: HMACKey
    private let header: [UInt8]

    private init?() {
        let secret = Secret("0123456789abcdef0123456789abcdef")
        var shorter = Self.settings
        shorter.lifetime = .seconds(60)
        guard let tokens = AccessTokens(secret: secret, settings: Self.settings),
            let others = AccessTokens(
                secret: Secret("fedcba9876543210fedcba9876543210"), settings: shorter),
            let key = HMACKey(secret.bytes), let phone = PhoneNumber(waID: "16505550142")
        else { return nil }
        let entropy = Entropy { [UInt8](repeating: 0x5A, count: $0) }
        issued = [nil, "Ada"].map { name in
            let user = User(
                id: .make(at: Self.now, entropy), phone: phone, name: name, createdAt: Self.now)
            let family = FamilyID.make(at: Self.now, entropy)
            return Array(tokens.issue(for: user, family: family, at: Self.now, entropy).utf8)
        }
        (self.tokens, self.others, self.key) = (tokens, others, key)
        header = Array(issued[0].prefix { $0 != UInt8(ascii: ".") })
    }

    /// The header and the signature that belong to this part.
    func signed(_ part: [UInt8]) -> [UInt8] {
        let text = header + [UInt8(ascii: ".")] + part
        return text + Array(".\(Base64URL.encode(key.code(of: text[...])))".utf8)
    }

    /// The first token changed by edits of three bytes: where, how, and to what.
    func edited(by edits: ArraySlice<UInt8>) -> [UInt8] {
        var token = issued[0]
        var rest = edits
        while rest.count >= 3, token.count < 4096 {
            let edit = Array(rest.prefix(3))
            rest = rest.dropFirst(3)
            let place = (Int(edit[0]) << 2 | Int(edit[1] >> 6)) % (token.count + 1)
            switch edit[1] % 4 {
            case 0 where place < token.count: token[place] = edit[2]
            case 1: token.insert(edit[2], at: place)
            case 2 where place < token.count: token.remove(at: place)
            case 3 where place < token.count: token[place] ^= 1 << (edit[2] % 8)
            default: break
            }
        }
        return token
    }
}
