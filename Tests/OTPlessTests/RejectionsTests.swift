import OTPless
import TestSupport
import Testing

/// What strangers cause is recorded, and costs them more than us.
struct RejectionsTests {
    @Test func `a flood leaves one record in ten seconds, which says how many there were`()
        async throws
    {
        try await AuditRig.run { rig async throws in
            for _ in 0..<1000 { await rig.service.app.rejections.note(.webhookRejected) }
            #expect(try await rig.records().map(\.detail) == [nil])
            rig.service.clock.advance(by: .seconds(9))
            #expect(!rig.service.app.rejections.isDue)
            await rig.service.app.rejections.flush()
            #expect(try await rig.records().count == 1)
            rig.service.clock.advance(by: .seconds(1))
            #expect(rig.service.app.rejections.isDue)
            await rig.service.app.rejections.flush()
            #expect(try await rig.records().map(\.detail) == [nil, "999 times"])
            await rig.service.app.rejections.flush()
            #expect(!rig.service.app.rejections.isDue)
            rig.service.clock.advance(by: .seconds(10))
            await rig.service.app.rejections.note(.webhookRejected)
            #expect(try await rig.records().map(\.detail) == [nil, "999 times", nil])
        }
    }

    @Test func `events do not wait for each other, and the end waits for nothing`() async throws {
        try await AuditRig.run { rig async throws in
            for _ in 0..<2 {
                await rig.service.app.rejections.note(.webhookRejected)
                await rig.service.app.rejections.note(.verifierRejected)
            }
            #expect(
                try await rig.records().map(\.event) == ["webhook.rejected", "verifier.rejected"])
            await rig.service.app.rejections.flush(isLast: true)
            #expect(try await rig.records().count == 4)
        }
    }

    @Test func `what could not be recorded is recorded later`() async throws {
        let store = try FailingStore()
        let clock = TestClock()
        let app = try await App(
            config: AuditRig.config, store: store, messenger: FakeMessenger(),
            events: LoginEvents(), log: Log(), clock: clock)
        store.isFailing = true
        await app.rejections.note(.verifierRejected)
        #expect(store.failures == 1)
        store.isFailing = false
        clock.advance(by: .seconds(10))
        #expect(app.rejections.isDue)
        await app.rejections.flush()
        #expect(!app.rejections.isDue)
    }

    @Test func `a clock that is set back does not silence the record`() async throws {
        try await AuditRig.run { rig async throws in
            await rig.service.app.rejections.note(.webhookRejected)
            rig.service.clock.advance(by: .seconds(-3600))
            await rig.service.app.rejections.note(.webhookRejected)
            #expect(try await rig.records().count == 2)
        }
    }
}
