import OTPless
import Testing

/// Statements stay fast however much there is.
struct QueryPlanTests {
    @Test func `every statement of the store finds its rows by an index`() async throws {
        let store = try SQLiteStore(path: ":memory:")
        defer { store.close() }
        try await Self.live(on: store)
        let plans = try await store.plans()
        #expect(plans.count > 50, "\(plans.count) statements were run")
        for plan in plans {
            let scans = plan.steps.filter { $0.hasPrefix("SCAN") }
            #expect(scans.isEmpty, "\(plan.sql): \(plan.steps)")
        }
        for table in [
            "users", "logins", "sent_messages", "received_messages", "families", "contacts",
            "user_ids", "limits", "audit",
        ] {
            let isSwept = plans.contains { plan in
                plan.sql.contains("DELETE FROM \(table)")
                    && plan.steps.contains { $0.hasPrefix("SEARCH \(table)") }
            }
            #expect(isSwept, "nothing deletes from \(table)")
        }
    }

    /// Uses as many operations as there are.
    private static func live(on store: SQLiteStore) async throws {
        let now = Sample.start
        var terms = AdmissionTerms()
        terms.phoneLimit = RateLimit([.init(1, per: .seconds(60))])
        terms.matchNumbers = .system
        for _ in 0..<2 { _ = try await store.insert(try SampleLogin().login, on: terms) }
        let link = try SampleLogin(code: "K7PQ-2MXD")
        try await store.insert(link.login)
        try await store.discount(link.login)
        var policy = AnswerPolicy()
        policy.denyBlock = .seconds(600)
        policy.codeLimit = RateLimit([.init(10, per: .seconds(3600))])
        let sender = Sender(waID: "16505550142", userID: "US.1", identityHash: "x")
        for content: InboundMessage.Content in [
            .text("K7PQ-2MXD"), .text("AAAA-AAAA"), .text("47"), .text("yes"), .text("no"),
        ] {
            let message = InboundMessage(
                id: Sample.messageID(), sender: sender, sentAt: now, content: content)
            _ = try await store.receive([message], policy, at: now)
            policy.confirmation = policy.confirmation == .tap ? .match : .tap
            _ = try await store.receive(
                [
                    InboundMessage(
                        id: Sample.messageID(), sender: sender, sentAt: now, content: content)
                ], policy, at: now)
        }
        let (family, token) = try await store.signIn()
        _ = try await store.redeem(
            token, user: nil, key: try Sample.key(), idle: .seconds(600), at: now)
        _ = try await store.mayPrompt(link.login.id, at: now)
        try await store.recordSend(
            MessageReference(link.login.id, .buttons), messageID: "m", waID: "16505550142")
        let report = DeliveryReport(messageID: "m", reference: nil, progress: .reached(.read))
        _ = try await store.apply([report], at: now)
        _ = try await store.devices(of: family.user, idle: .seconds(600), at: now)
        _ = try await store.rename(family.user, to: "Ada")
        _ = try await store.family(family.id)
        _ = try await store.families(endedSince: now)
        _ = try await store.end(family.id, at: now)
        try await store.retract(family.id, at: now)
        _ = try await store.endFamilies(of: family.user, at: now)
        try await store.record(.verifierRejected, login: link.login.id, detail: nil, at: now)
        let phone = try Sample.phone("16505550199")
        _ = try await store.move(.user(family.user), to: phone, at: now)
        _ = try await store.delete(.phone(phone), at: now)
        _ = try await store.sweep(at: now)
        _ = try await store.sweepRecords(olderThan: .seconds(60), at: now)
    }
}
