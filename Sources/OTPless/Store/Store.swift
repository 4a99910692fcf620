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

/// Where users, logins and refresh families live.
///
/// Each operation is one transaction, and has happened durably when it returns.
///
/// The rules are not here: an operation reads under a lock, applies a rule of `Login` or
/// `RefreshFamily`, and writes.
public protocol Store: Sendable {
    // MARK: Logins

    /// Adds a new login, unless something keeps prompts from its phone, and counts the prompt.
    func insert(_ login: Login, on terms: AdmissionTerms) async throws(StoreError) -> Admission

    /// Takes back that a prompt was counted which was not sent.
    func discount(_ login: Login) async throws(StoreError)

    /// Whether a message may still be sent for a login: it is pending, and nothing blocks prompts to its
    /// phone, if it is one.
    func mayPrompt(_ id: LoginID, at now: Timestamp) async throws(StoreError) -> Bool

    /// Reads a login.
    func login(_ id: LoginID) async throws(StoreError) -> Login?

    /// A login, if it is there and can be read without waiting.
    func loginAtOnce(_ id: LoginID) -> Login?

    /// Notes at which node the page of a login waits; returns the login as it was before.
    ///
    /// - Parameter isThere: Whether the page still waits there, asked when no other node can note
    ///   another: one that has gone meanwhile must not send away the one that came.
    func attach(
        _ id: LoginID, to node: NodeID, while isThere: @escaping @Sendable () -> Bool
    ) async throws(StoreError) -> Login?

    /// Notes which message was sent, and whose phone the provider says it went to.
    func recordSend(
        _ message: MessageReference, messageID: String, waID: String?
    ) async throws(StoreError)

    /// Changes a login by a rule, which tells whether to write, and records that; nil when there is no
    /// such login.
    func change(
        _ id: LoginID, recording event: AuditEvent?,
        by rule: @escaping @Sendable (inout Login) -> Bool
    ) async throws(StoreError) -> Login?

    /// Applies what phones sent, a result for each: a message id counts once, a confirmation finds or
    /// makes its user and hands out what `begin` makes, a deny blocks its phone.
    func receive(
        _ answers: [IncomingAnswer], policy: AnswerPolicy, begin: @escaping FirstPair.Maker,
        at now: Timestamp
    ) async throws(StoreError) -> [AnswerResult]

    /// Applies delivery reports; returns what changed.
    func apply(
        _ reports: [DeliveryReport], at now: Timestamp
    ) async throws(StoreError) -> [ReportResult]

    /// Makes a family the one that a confirmed login hands out, and ends the one before.
    ///
    /// - Parameter page: The page that waits on a socket and whose tokens they are to be.
    func collect(
        _ family: RefreshFamily, for id: LoginID, to page: PagePlace?, at now: Timestamp
    ) async throws(StoreError) -> Handover

    /// Lifts all that keeps a person with that number from signing in; returns what there was.
    func unblock(_ phone: PhoneNumber, at now: Timestamp) async throws(StoreError) -> [Lifted]

    // MARK: Refresh families

    /// Reads a family.
    func family(_ id: FamilyID) async throws(StoreError) -> RefreshFamily?

    /// Presents a refresh token; with the family's user, unless the token is forged or `user` is
    /// another one (then nothing changes).
    func redeem(
        _ token: RefreshToken, user: UserID?, key: HMACKey, idle: Duration, at now: Timestamp
    ) async throws(StoreError) -> (redemption: RefreshFamily.Redemption, user: User?)

    /// Ends a family and records that; nil when it had ended before or never was.
    func end(
        _ family: FamilyID, recording event: AuditEvent, at now: Timestamp
    ) async throws(StoreError) -> EndedFamily?

    /// Ends a family that nobody was given; its login goes on to hand out another.
    func retract(_ family: FamilyID, at now: Timestamp) async throws(StoreError)

    /// Ends all live families of a user and returns them.
    func endFamilies(of user: UserID, at now: Timestamp) async throws(StoreError) -> [EndedFamily]

    /// The families ended since a time, whose access tokens may still be about.
    func families(endedSince: Timestamp) async throws(StoreError) -> [EndedFamily]

    // MARK: Users

    /// The devices that a user is signed in on, the one used last first; 1,000 at most.
    func devices(
        of user: UserID, idle: Duration, at now: Timestamp
    ) async throws(StoreError) -> [SignedInDevice]

    /// Reads a user.
    func user(_ id: UserID) async throws(StoreError) -> User?

    /// Changes a user's name; returns the user as it is then, nil when there is none.
    func rename(_ id: UserID, to name: String) async throws(StoreError) -> User?

    /// Deletes a user with all logins, devices and whatever else is kept of the person; returns the
    /// families that were live, nil when there is no such user.
    func delete(_ user: UserID, at now: Timestamp) async throws(StoreError) -> [EndedFamily]?

    // MARK: The audit trail

    /// Records what comes with no other operation.
    func record(
        _ event: AuditEvent, login: LoginID?, detail: String?, at now: Timestamp
    ) async throws(StoreError)

    /// Forgets a small batch of old records, and of user ids not seen for long; returns how many.
    func sweepRecords(
        olderThan retention: Duration, at now: Timestamp
    ) async throws(StoreError) -> Int

    // MARK: The installation

    /// The installation's own secret of that name: made of `candidate` the first time.
    func secret(_ name: String, candidate: [UInt8]) async throws(StoreError) -> [UInt8]

    /// Forgets what has been over for so long that nobody may ask for it; returns how many rows went.
    func sweep(at now: Timestamp) async throws(StoreError) -> Int

    /// Throws unless the store can write now.
    func probe() async throws(StoreError)
}
