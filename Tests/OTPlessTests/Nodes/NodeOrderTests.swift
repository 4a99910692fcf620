import Loop
import OTPless
import TestSupport
import Testing

/// What two nodes do in opposite orders, and what both of them clear away.
@Suite(.blocking, .postgres, .timeLimit(.minutes(2)))
struct NodeOrderTests {
    private static let phones = (0..<6).map { "\(16_505_550_100 + $0)" }
    private static let long = Sample.start + .seconds(100 * 86_400)

    @Test func `webhooks with the same senders in opposite orders both count`() async throws {
        try await TwoNodes.use { nodes in
            for _ in 0..<10 {
                let samples = try Self.phones.map { try SampleLogin(phone: $0) }
                for sample in samples { try await nodes.one.insert(sample.login) }
                let results = try await nodes.atOnce(6) { store, index in
                    let order = index.isMultiple(of: 2) ? samples : samples.reversed()
                    return try await store.receive(try order.map { try $0.answer() })
                }
                let confirmed = results.flatMap { $0 }.flatMap(\.changed)
                #expect(confirmed.count == samples.count)
                #expect(Set(confirmed) == Set(samples.map(\.login.id)))
            }
            #expect(try nodes.count("users") == Self.phones.count)
            #expect(nodes.conflicts == 0)
        }
    }

    @Test func `delivery reports in opposite orders both count`() async throws {
        try await TwoNodes.use { nodes in
            for _ in 0..<10 {
                let samples = try Self.phones.map { try SampleLogin(phone: $0) }
                for sample in samples { try await nodes.one.insert(sample.login) }
                _ = try await nodes.atOnce(6) { store, index in
                    let order = index.isMultiple(of: 2) ? samples : samples.reversed()
                    let reports = order.map { Self.report(on: $0.login.id, index) }
                    return try await store.apply(reports, at: Sample.start).count
                }
                for sample in samples {
                    #expect(try await nodes.one.login(sample.login.id)?.delivery == .read)
                }
            }
            #expect(nodes.conflicts == 0)
        }
    }

    private static func report(on login: LoginID, _ index: Int) -> DeliveryReport {
        DeliveryReport(
            messageID: "", reference: MessageReference(login, .buttons),
            progress: .reached([.sent, .delivered, .read][index % 3]))
    }

    // MARK: Sweeping

    @Test func `two nodes that sweep at once forget everything once`() async throws {
        try await TwoNodes.use { nodes in
            try nodes.raw().run(
                """
                INSERT INTO limits SELECT 'phone ' || n, '', 0, n FROM generate_series(1, 1700) n;
                INSERT INTO contacts (phone, expires_at) SELECT n, n FROM generate_series(1, 1700) n;
                INSERT INTO received_messages SELECT n, n FROM generate_series(1, 1700) n;
                INSERT INTO logins (
                    id, session_digest, answer_digest, created_at, expires_at, state, delivery,
                    is_new_user)
                SELECT decode(lpad(to_hex(n), 32, '0'), 'hex'), '', '', 0, 0, 0, 0, 0
                FROM generate_series(1, 3000) n;
                INSERT INTO sent_messages (id, login) SELECT encode(id, 'hex'), id FROM logins
                """)
            for phone in Self.phones { _ = try await nodes.one.signIn(phone: phone) }
            let counts = try await nodes.atOnce { store, _ in
                var count = 0
                while case let swept = try await store.sweep(at: Self.long), swept > 0 {
                    count += swept
                }
                return count
            }
            for table in [
                "limits", "contacts", "received_messages", "logins", "sent_messages", "families",
            ] {
                #expect(try nodes.count(table) == 0, "\(table)")
            }
            #expect(counts.reduce(0, +) >= 5100)
            #expect(try nodes.count("users") == Self.phones.count)
        }
    }

    /// What a sweep has chosen to forget may count again before it gets to it.
    @Test(arguments: [
        ("limits", "expires_at = 4000000000000"), ("contacts", "expires_at = 4000000000000"),
        ("contacts", "locked_at = 1"),
    ])
    func `a sweep leaves what another node has just renewed`(
        _ table: String, _ change: String
    ) async throws {
        try await TwoNodes.use { nodes in
            let (raw, watch) = (try nodes.raw(), try nodes.raw())
            try raw.run(
                """
                INSERT INTO limits VALUES ('phone 1', '', 0, 1);
                INSERT INTO contacts (phone, expires_at) VALUES ('1', 1)
                """)
            try raw.run("BEGIN; UPDATE \(table) SET \(change)")
            let isSwept = Locked(false)
            async let swept = Self.sweep(nodes.other, isSwept)
            try await wait(for: "the sweep") {
                try isSwept.withLock { $0 } || nodes.waiting(watch) != 0
            }
            try raw.run("COMMIT")
            #expect(try await swept == 1, "the other row alone")
            #expect(try nodes.count(table) == 1)
        }
    }

    private static func sweep(
        _ store: PostgresStore, _ isDone: Locked<Bool>
    ) async throws -> Int {
        defer { isDone.withLock { $0 = true } }
        return try await store.sweep(at: Sample.start)
    }
}
