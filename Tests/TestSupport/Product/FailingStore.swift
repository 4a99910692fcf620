package import OTPless
import Synchronization

/// A store in memory that fails for as long as it is told to.
package final class FailingStore: Store {
    private let store: SQLiteStore
    private let failing = Atomic(false)
    private let count = Atomic(0)

    package init() throws {
        store = try SQLiteStore(path: ":memory:")
    }

    package var isFailing: Bool {
        get { failing.load(ordering: .relaxed) }
        set { failing.store(newValue, ordering: .relaxed) }
    }

    /// How often it has failed.
    package var failures: Int { count.load(ordering: .relaxed) }

    private func working() throws(StoreError) -> SQLiteStore {
        guard !isFailing else {
            count.add(1, ordering: .relaxed)
            throw .unavailable("told to fail")
        }
        return store
    }

    package func insert(
        _ login: Login, on terms: AdmissionTerms
    ) async throws(StoreError) -> Admission {
        try await working().insert(login, on: terms)
    }

    package func discount(_ login: Login) async throws(StoreError) {
        try await working().discount(login)
    }

    package func mayPrompt(
        _ id: LoginID, at now: Timestamp
    ) async throws(StoreError) -> Bool {
        try await working().mayPrompt(id, at: now)
    }

    package func login(
        _ id: LoginID
    ) async throws(StoreError) -> Login? {
        try await working().login(id)
    }

    package func loginAtOnce(_ id: LoginID) -> Login? {
        isFailing ? nil : store.loginAtOnce(id)
    }

    package func recordSend(
        _ message: MessageReference, messageID: String, waID: String?
    ) async throws(StoreError) {
        try await working().recordSend(message, messageID: messageID, waID: waID)
    }

    package func change(
        _ id: LoginID, recording event: AuditEvent?,
        by rule: @escaping @Sendable (inout Login) -> Bool
    ) async throws(StoreError) -> Login? {
        try await working().change(id, recording: event, by: rule)
    }

    package func receive(
        _ answers: [IncomingAnswer], policy: AnswerPolicy, begin: @escaping FirstPair.Maker,
        at now: Timestamp
    ) async throws(StoreError) -> [AnswerResult] {
        try await working().receive(answers, policy: policy, begin: begin, at: now)
    }

    package func apply(
        _ reports: [DeliveryReport], at now: Timestamp
    ) async throws(StoreError) -> [ReportResult] {
        try await working().apply(reports, at: now)
    }

    package func collect(
        _ family: RefreshFamily, for id: LoginID, at now: Timestamp
    ) async throws(StoreError) -> Handover {
        try await working().collect(family, for: id, at: now)
    }

    package func unblock(
        _ phone: PhoneNumber, at now: Timestamp
    ) async throws(StoreError) -> [Lifted] {
        try await working().unblock(phone, at: now)
    }

    package func family(
        _ id: FamilyID
    ) async throws(StoreError) -> RefreshFamily? {
        try await working().family(id)
    }

    package func redeem(
        _ token: RefreshToken, user: UserID?, key: HMACKey, idle: Duration, at now: Timestamp
    ) async throws(StoreError) -> (redemption: RefreshFamily.Redemption, user: User?) {
        try await working().redeem(token, user: user, key: key, idle: idle, at: now)
    }

    package func end(
        _ family: FamilyID, recording event: AuditEvent, at now: Timestamp
    ) async throws(StoreError) -> EndedFamily? {
        try await working().end(family, recording: event, at: now)
    }

    package func retract(_ family: FamilyID, at now: Timestamp) async throws(StoreError) {
        try await working().retract(family, at: now)
    }

    package func endFamilies(
        of user: UserID, at now: Timestamp
    ) async throws(StoreError) -> [EndedFamily] {
        try await working().endFamilies(of: user, at: now)
    }

    package func families(
        endedSince: Timestamp
    ) async throws(StoreError) -> [FamilyID] {
        try await working().families(endedSince: endedSince)
    }

    package func devices(
        of user: UserID, idle: Duration, at now: Timestamp
    ) async throws(StoreError) -> [SignedInDevice] {
        try await working().devices(of: user, idle: idle, at: now)
    }

    package func user(
        _ id: UserID
    ) async throws(StoreError) -> User? {
        try await working().user(id)
    }

    package func rename(
        _ id: UserID, to name: String
    ) async throws(StoreError) -> User? {
        try await working().rename(id, to: name)
    }

    package func delete(
        _ user: UserID, at now: Timestamp
    ) async throws(StoreError) -> [EndedFamily]? {
        try await working().delete(user, at: now)
    }

    package func record(
        _ event: AuditEvent, login: LoginID?, detail: String?, at now: Timestamp
    ) async throws(StoreError) {
        try await working().record(event, login: login, detail: detail, at: now)
    }

    package func sweepRecords(
        olderThan retention: Duration, at now: Timestamp
    ) async throws(StoreError) -> Int {
        try await working().sweepRecords(olderThan: retention, at: now)
    }

    package func secret(
        _ name: String, candidate: [UInt8]
    ) async throws(StoreError) -> [UInt8] {
        try await working().secret(name, candidate: candidate)
    }

    package func sweep(
        at now: Timestamp
    ) async throws(StoreError) -> Int {
        try await working().sweep(at: now)
    }

    package func probe() async throws(StoreError) {
        try await working().probe()
    }
}
