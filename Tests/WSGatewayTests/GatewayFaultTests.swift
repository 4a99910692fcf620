import OTPless
import TestSupport
import Testing
import Wire

/// What a page hears when something fails, and what a broken page hears.
struct GatewayFaultTests {
    /// Waits until the store has failed once more.
    private func failure(of store: FailingStore, _ work: () async throws -> Void) async throws {
        let before = store.failures
        try await work()
        try await wait(for: "a failure") { store.failures != before }
    }

    @Test func `a page outlasts a store that fails`() async throws {
        let store = try FailingStore()
        try await withGateway(store) { rig in
            let (login, page) = try await rig.wait()
            store.isFailing = true
            try await failure(of: store) { rig.events.hear(LoginEvent(login.id)) }
            store.isFailing = false
            try await rig.answer(login, \.confirm)
            #expect(try await page.event().name == "auth_success")
        }
    }

    @Test func `a page tries again by itself once the store works`() async throws {
        let store = try FailingStore()
        try await withGateway(store) { rig in
            let login = try await rig.start(Rig.challenge)
            let page = try await rig.connect(login)
            store.isFailing = true
            try await failure(of: store) { try page.hello(Rig.verifier) }
            store.isFailing = false
            #expect(try await page.event().name == "pending")
        }
    }

    @Test func `an ack that cannot be stored is stored later, and closes 1000 then`() async throws {
        let store = try FailingStore()
        try await withGateway(store) { rig in
            let login = try await rig.start()
            try await rig.answer(login, \.confirm)
            let page = try await rig.connect(login)
            #expect(try await page.event().name == "auth_success")
            store.isFailing = true
            try await failure(of: store) { try page.acknowledge() }
            store.isFailing = false
            #expect(try await page.closing() == 1000)
            #expect(try await store.login(login.id)?.acknowledgedAt != nil)
        }
    }

    @Test func `a page that breaks the protocol is closed with its code`() async throws {
        try await withGateway { rig in
            let login = try await rig.start()
            let long = String(repeating: "x", count: 4097)
            for (frame, code) in [
                (ClientFrame.binary([1]), 1003), (.text(long), 1009), (.text([0xFF]), 1007),
                (ClientFrame(opcode: 1, key: nil), 1002),
            ] as [(ClientFrame, UInt16)] {
                let page = try await rig.connect(login)
                #expect(try await page.event().name == "pending")
                try page.send(frame)
                #expect(try await page.frame() == .close(code))
                #expect(try await page.rest().isEmpty)
            }
            let page = try await rig.connect(login)
            #expect(try await page.event().name == "pending")
            try page.send(.text(String(repeating: "x", count: 4096)))
            try page.send(.ping([1]))
            #expect(try await page.frame().opcode == 10, "4 KiB are taken")
        }
    }

    @Test func `a hint for a login that nobody waits for is harmless`() async throws {
        try await withGateway { rig in
            let login = try await rig.start()
            rig.events.hear(LoginEvent(login.id))
            let page = try await rig.connect(login)
            #expect(try await page.event().name == "pending")
            page.reset()
            try await rig.answer(login, \.confirm)
            #expect(try await rig.connect(login).event().name == "auth_success")
        }
    }

    @Test func `many hints at once tell each thing once`() async throws {
        try await withGateway { rig in
            let (login, page) = try await rig.wait()
            for _ in 0..<200 { rig.events.hear(LoginEvent(login.id)) }
            try await rig.answer(login, \.confirm)
            for _ in 0..<200 { rig.events.hear(LoginEvent(login.id)) }
            let event = try await page.event()
            #expect(event.name == "auth_success")
            try page.acknowledge()
            #expect(try await page.closing() == 1000)
        }
    }

    @Test func `a drain sends waiting pages away with 1001, and they come again`() async throws {
        try await withGateway { rig in
            let (_, page) = try await rig.wait()
            async let drained: Void = rig.server.drain(within: .seconds(4))
            #expect(try await page.closing() == 1001)
            page.finishSending()
            await drained
        }
    }
}
