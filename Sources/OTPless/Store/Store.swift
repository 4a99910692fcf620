/// Why the store could not do what was asked.
///
/// Nothing of the operation has happened.
public enum StoreError: Error, Sendable, CustomStringConvertible {
    /// The database refused, with its own word for it: full, locked, corrupt, gone.
    case unavailable(String)

    /// More is queued than the store will take on.
    case overloaded

    /// The server is stopping.
    case closed

    /// The cause, without any data.
    public var description: String {
        switch self {
        case .unavailable(let cause): "store: \(cause)"
        case .overloaded: "store: too many operations are waiting"
        case .closed: "store: closed"
        }
    }
}

/// What confirming logins changed, for those who wait for them.
public struct AnswerResult: Sendable {
    /// The login that the answer changed; nil when it changed nothing.
    public let changed: LoginID?

    /// The family of tokens that a late deny has ended.
    public let ended: FamilyID?
}

/// What handing out a login's tokens came to.
public enum Handover: Sendable {
    /// The new family is the login's; the one handed out before is ended.
    case collected(User, isNew: Bool, ended: FamilyID?)

    /// The login does not stand at `confirmed`.
    case refused(Login.Standing)
}

/// Where users, logins and refresh families live.
///
/// Each operation is one transaction, and has happened durably when it returns.
///
/// The rules are not here: an operation reads under a lock, applies a rule of `Login` or
/// `RefreshFamily`, and writes.
public protocol Store: Sendable {
    // MARK: Logins

    /// Adds a new login.
    func insert(_ login: Login) async throws(StoreError)

    /// Reads a login.
    func login(_ id: LoginID) async throws(StoreError) -> Login?

    /// Notes which message was sent for a login, and whose phone the provider says it went to.
    func recordSend(
        _ id: LoginID, messageID: String, waID: String?
    ) async throws(StoreError)

    /// Changes a login by a rule, which tells whether to write; nil when there is no such login.
    func change(
        _ id: LoginID, by rule: @escaping @Sendable (inout Login) -> Bool
    ) async throws(StoreError) -> Login?

    /// Applies answers: each message id counts once, and a confirmation finds or makes its user.
    func apply(
        _ answers: [Answer], newUsers: [UserID], at now: Timestamp
    ) async throws(StoreError) -> [AnswerResult]

    /// Applies delivery reports; returns the logins they changed.
    func apply(
        _ reports: [DeliveryReport], at now: Timestamp
    ) async throws(StoreError) -> [LoginID]

    /// Makes a family the one that a confirmed login hands out, and ends the one before.
    func collect(
        _ family: RefreshFamily, for id: LoginID, at now: Timestamp
    ) async throws(StoreError) -> Handover

    // MARK: Refresh families

    /// Reads a family.
    func family(_ id: FamilyID) async throws(StoreError) -> RefreshFamily?

    /// Presents a refresh token; with the family's user, unless the token is forged or `user` is
    /// another one (then nothing changes).
    func redeem(
        _ token: RefreshToken, user: UserID?, key: HMACKey, idle: Duration, at now: Timestamp
    ) async throws(StoreError) -> (redemption: RefreshFamily.Redemption, user: User?)

    /// Ends a family; false when it had ended before or never was.
    func end(_ family: FamilyID, at now: Timestamp) async throws(StoreError) -> Bool

    /// Ends all live families of a user and returns them.
    func endFamilies(of user: UserID, at now: Timestamp) async throws(StoreError) -> [FamilyID]

    /// The families ended since a time, whose access tokens may still be about.
    func families(endedSince: Timestamp) async throws(StoreError) -> [FamilyID]

    // MARK: Users

    /// Reads a user.
    func user(_ id: UserID) async throws(StoreError) -> User?

    /// Changes a user's name; returns the user as it is then, nil when there is none.
    func rename(_ id: UserID, to name: String) async throws(StoreError) -> User?

    // MARK: The installation

    /// The installation's own secret of that name: made of `candidate` the first time.
    func secret(_ name: String, candidate: [UInt8]) async throws(StoreError) -> [UInt8]

    /// Forgets what has been over for so long that nobody may ask for it; returns how many rows went.
    func sweep(at now: Timestamp) async throws(StoreError) -> Int

    /// Throws unless the store can write now.
    func probe() async throws(StoreError)
}
