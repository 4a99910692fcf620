/// Names a login.
///
/// Not a secret: it goes to the provider as the message's callback data.
public typealias LoginID = Identifier<Login>

/// What the waiting page holds: the login's id and a secret of which only the hash is stored.
///
/// Shape: 43 characters of base64url over 16 bytes of id and 16 random bytes.
public struct SessionID: Sendable, CustomStringConvertible {
    /// The login.
    public let login: LoginID

    /// 128 random bits.
    let secret: [UInt8]

    init(login: LoginID, secret: [UInt8]) {
        self.login = login
        self.secret = secret
    }

    /// Reads what a client sent; nil for anything a server cannot have made.
    public init?(_ text: String) {
        guard let parts = SecretReference.decode(text) else { return nil }
        self.init(login: parts.login, secret: parts.secret)
    }

    /// What the client is given.
    public var text: String { SecretReference.encode(login, secret) }

    /// Names the login and hides the secret.
    public var description: String { "session of \(login)" }
}

/// What a button of the message carries back: which login, which answer, and a secret that only the
/// phone that got the message knows.
///
/// Shape: `otpless.c.` or `otpless.d.` and 43 characters of base64url, as in `SessionID`.
public struct AnswerPayload: Sendable, CustomStringConvertible {
    /// What a button says.
    public enum Verb: String, Sendable {
        /// It was me.
        case confirm = "otpless.c."
        /// It was not me.
        case deny = "otpless.d."
    }

    /// What the person said.
    public let verb: Verb

    /// The login it is about.
    public let login: LoginID

    let secret: [UInt8]

    init(_ verb: Verb, login: LoginID, secret: [UInt8]) {
        self.verb = verb
        self.login = login
        self.secret = secret
    }

    /// Reads a button's payload; nil for a payload that is not ours.
    public init?(_ text: String) {
        for verb in [Verb.confirm, .deny] where text.hasPrefix(verb.rawValue) {
            let reference = String(text.dropFirst(verb.rawValue.count))
            guard let parts = SecretReference.decode(reference) else { return nil }
            self.init(verb, login: parts.login, secret: parts.secret)
            return
        }
        return nil
    }

    /// What the message carries: 53 characters, within every provider's limit.
    public var text: String { verb.rawValue + SecretReference.encode(login, secret) }

    /// Names the login and hides the secret.
    public var description: String { "answer to \(login)" }
}

/// The common form of both: an id to find the row by, and the secret that proves it.
enum SecretReference {
    static let secretLength = 16

    static func encode(_ login: LoginID, _ secret: [UInt8]) -> String {
        Base64URL.encode(login.bytes + secret)
    }

    static func decode(_ text: String) -> (login: LoginID, secret: [UInt8])? {
        guard text.utf8.count == 43, let bytes = Base64URL.decode(text), bytes.count == 32,
            let login = LoginID(bytes: bytes.prefix(16))
        else { return nil }
        return (login, Array(bytes.suffix(secretLength)))
    }
}
