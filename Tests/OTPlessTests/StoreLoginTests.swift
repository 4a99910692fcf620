import OTPless
import TestSupport
import Testing

/// The store contract: logins.
struct StoreLoginTests {
    private static let now = Sample.start

    @Test(arguments: StoreKind.allCases)
    func `a page that has gone does not take the place of the one that came`(
        _ kind: StoreKind
    ) async throws {
        try await kind.open { store in
            let login = try SampleLogin().login
            try await store.insert(login)
            let (here, there) = (
                NodeID.make(at: Self.now, .system), NodeID.make(at: Self.now, .system)
            )
            _ = try await store.attach(login.id, to: here) { true }
            #expect(try await store.attach(login.id, to: there) { false }?.node == here)
            #expect(try await store.login(login.id)?.node == here)
            #expect(try await store.attach(login.id, to: there) { true }?.node == here)
            #expect(try await store.login(login.id)?.node == there)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a login reads back as it was written`(_ kind: StoreKind) async throws {
        try await kind.open { store in
            let challenge = CodeChallenge("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
            var sample = try SampleLogin(name: "Zoë \u{1F600} 'x'; --", challenge: challenge)
            sample.login.device.userAgent = "curl/8"
            sample.login.device.ip = "::1"
            sample.login.device.type = "web"
            sample.login.device.notificationDeviceID = ""
            sample.login.device.locale = "pt-BR"
            try await store.insert(sample.login)
            let read = try #require(try await store.login(sample.login.id))
            #expect(read.id == sample.login.id)
            #expect(read.sessionDigest.bytes == sample.login.sessionDigest.bytes)
            #expect(read.answerDigest.bytes == sample.login.answerDigest.bytes)
            #expect(read.codeChallenge == challenge)
            #expect(read.phone == sample.login.phone)
            #expect(read.createdAt == Self.now)
            #expect(read.expiresAt == sample.login.expiresAt)
            #expect(read.name == sample.login.name)
            #expect(read.device == sample.login.device)
            #expect(read.state == .pending)
            #expect(read.delivery == .queued)
            #expect(read.waID == nil && read.endedAt == nil && read.user == nil)
            #expect(read.family == nil && read.acknowledgedAt == nil && !read.isNewUser)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a login that is not there is nil`(_ kind: StoreKind) async throws {
        try await kind.open { store in
            let id = LoginID.make(at: Self.now, .system)
            let login = try await store.login(id)
            #expect(login == nil)
            #expect(try await store.change(id) { _ in true } == nil)
            #expect(try await store.family(FamilyID.make(at: Self.now, .system)) == nil)
            #expect(try await store.user(UserID.make(at: Self.now, .system)) == nil)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a rule that says no changes nothing`(_ kind: StoreKind) async throws {
        try await kind.open { store in
            let login = try SampleLogin().login
            try await store.insert(login)
            _ = try await store.change(login.id) { login in
                login.state = .cancelled
                return false
            }
            #expect(try await store.login(login.id)?.state == .pending)
            let changed = try await store.change(login.id) { $0.end(as: .cancelled, at: Self.now) }
            #expect(changed?.state == .cancelled)
            #expect(try await store.login(login.id)?.endedAt == Self.now)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `the same login twice is refused, and the others of its batch are kept`(
        _ kind: StoreKind
    ) async throws {
        try await kind.open { store in
            let twice = try SampleLogin().login
            try await store.insert(twice)
            let others = try (0..<50).map { _ in try SampleLogin().login }
            let refused = try await withThrowingTaskGroup(of: Bool.self) { group in
                for login in others {
                    group.addTask {
                        try await store.insert(login)
                        return false
                    }
                    group.addTask {
                        do throws(StoreError) {
                            try await store.insert(twice)
                            return false
                        } catch {
                            return true
                        }
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(refused == 50)
            for login in others { #expect(try await store.login(login.id) != nil) }
            #expect(try await store.login(twice.id)?.state == .pending)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `noting the send moves the login on, and never back`(_ kind: StoreKind) async throws {
        try await kind.open { store in
            let login = try SampleLogin().login
            try await store.insert(login)
            // The report may overtake the answer to the send.
            let early = Self.report("wamid.1", login.id, .reached(.delivered))
            #expect(try await store.apply([early], at: Self.now).map(\.login.id) == [login.id])
            let message = MessageReference(login.id, .buttons)
            try await store.recordSend(message, messageID: "wamid.1", waID: "16505550199")
            let read = try #require(try await store.login(login.id))
            #expect(read.delivery == .delivered)
            #expect(read.waID == "16505550199")
            try await store.recordSend(message, messageID: "wamid.1", waID: "16505550199")
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `reports are found by message, or by the login they echo`(_ kind: StoreKind) async throws {
        try await kind.open { store in
            let login = try SampleLogin().login
            let other = try SampleLogin().login
            for login in [login, other] { try await store.insert(login) }
            try await store.recordSend(
                MessageReference(login.id, .buttons), messageID: "wamid.1", waID: nil)
            let changed = try await store.apply(
                [
                    Self.report("wamid.1", nil, .reached(.read)),
                    Self.report("wamid.1", nil, .reached(.delivered)),
                    Self.report("wamid.2", nil, .reached(.read)),
                    Self.report("wamid.3", .make(at: Self.now, .system), .failed(.refused)),
                    Self.report("wamid.4", other.id, .failed(.refused)),
                ], at: Self.now)
            #expect(changed.map(\.login.id) == [login.id, other.id])
            #expect(try await store.login(login.id)?.delivery == .read)
            #expect(try await store.login(other.id)?.state == .failed)
            #expect(try await store.apply([DeliveryReport](), at: Self.now).isEmpty)
            // The message is known, so what the report echoes is not believed.
            let lying = Self.report("wamid.1", other.id, .failed(.refused))
            #expect(try await store.apply([lying], at: Self.now).isEmpty)
        }
    }

    private static func report(
        _ message: String, _ login: LoginID?, _ progress: DeliveryReport.Progress
    ) -> DeliveryReport {
        DeliveryReport(
            messageID: message, reference: login.map { MessageReference($0, .buttons) },
            progress: progress)
    }
}
