import OTPless
import TestSupport
import Testing

/// How many prompts a network asks for.
struct NetworkLimitTests {
    /// Asks for a prompt to a phone that nobody asked for before.
    private static func ask(
        _ service: Service, _ phone: Int, from network: String = "198.51.100.1"
    ) async throws -> Failure? {
        let attempt = Logins.Attempt(
            phone: try Sample.phone("1650555\(1000 + phone)"), network: network)
        return try await failure {
            _ = try await service.app.logins.start(attempt, on: service.loop)
        }
    }

    @Test func `60 within 10 minutes pass, and one more whenever one has left the window`()
        async throws
    {
        try await Service.run(with: Config()) { service in
            for phone in 0..<60 {
                #expect(try await Self.ask(service, phone) == nil)
                service.clock.advance(by: .seconds(1))
            }
            let refused = try await Self.ask(service, 60)
            #expect(refused?.code == .rateLimited && refused?.retryAfter == 540)
            #expect(try await Self.ask(service, 61, from: "198.51.100.2") == nil)
            service.clock.advance(by: .seconds(540))
            for phone in 62..<72 {
                #expect(try await Self.ask(service, phone) == nil)
                #expect(try await Self.ask(service, phone + 20)?.retryAfter == 1)
                service.clock.advance(by: .seconds(1))
            }
        }
    }

    @Test func `refused ones are not counted`() async throws {
        var config = Config()
        config.limits.network = RateLimit([RateLimit.Rate(3, per: .seconds(600))])
        try await Service.run(with: config) { service async throws in
            #expect(try await Self.ask(service, 1) == nil)
            // The phone's own limit.
            for _ in 0..<10 { #expect(try await Self.ask(service, 1)?.code == .rateLimited) }
            #expect(try await Self.ask(service, 2) == nil)
            #expect(try await Self.ask(service, 3) == nil)
            for _ in 0..<10 { #expect(try await Self.ask(service, 4)?.code == .rateLimited) }
            service.clock.advance(by: .seconds(600))
            for phone in 5..<8 { #expect(try await Self.ask(service, phone) == nil) }
        }
    }

    @Test func `what the provider does not take is no refusal, and counts`() async throws {
        var config = Config()
        config.limits.network = RateLimit([RateLimit.Rate(3, per: .seconds(600))])
        try await Service.run(with: config) { service async throws in
            service.messenger.fail(with: "131026")
            for phone in 0..<3 {
                #expect(try await Self.ask(service, phone)?.code == .messageSendFailed)
            }
            service.messenger.fail(with: nil)
            #expect(try await Self.ask(service, 4)?.code == .rateLimited)
        }
    }

    @Test func `100 at once from one network send 60 messages`() async throws {
        try await Service.run(on: .sqliteFile, with: Config()) { service in
            let refused = try await withThrowingTaskGroup(of: Failure?.self) { group in
                for phone in 0..<100 { group.addTask { try await Self.ask(service, phone) } }
                return try await group.reduce(into: 0) { $0 += $1 == nil ? 0 : 1 }
            }
            #expect(refused == 40)
            #expect(service.messenger.prompts.count == 60)
        }
    }
}
