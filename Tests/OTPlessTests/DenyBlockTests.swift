import OTPless
import TestSupport
import Testing

struct DenyBlockTests {
    @Test func `after a deny a prompt to that number is refused for ten minutes`() async throws {
        try await Service.run { service in
            let (_, prompt) = try await service.start()
            try await service.tap(prompt.deny)
            service.clock.advance(by: .milliseconds(100))
            let refused = try await failure { _ = try await service.start() }
            #expect(refused?.code == .rateLimited)
            #expect(refused?.retryAfter == 600)
            #expect(service.messenger.prompts.count == 1)
            _ = try await service.start(phone: "16505550143")
            service.clock.advance(by: .seconds(600))
            _ = try await service.start()
        }
    }

    @Test func `a stranger's deny blocks nothing`() async throws {
        try await Service.run { service in
            let (_, prompt) = try await service.start()
            try await service.tap(prompt.deny, from: "16505550143")
            try await service.receive(
                InboundMessage(
                    id: "in.1", sender: "16505550143", sentAt: service.clock.now,
                    content: .text("no")))
            _ = try await service.start()
            _ = try await service.start(phone: "16505550143")
        }
    }

    @Test func `a clock that is set back does not make a block endless`() async throws {
        try await Service.run { service in
            let (_, prompt) = try await service.start()
            try await service.tap(prompt.deny)
            service.clock.advance(by: .seconds(-86_400))
            _ = try await service.start()
        }
    }
}
