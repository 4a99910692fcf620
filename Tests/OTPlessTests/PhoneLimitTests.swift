import OTPless
import TestSupport
import Testing

/// How many prompts a phone gets.
struct PhoneLimitTests {
    private static func code(_ service: Service, _ phone: String = "16505550142") async throws
        -> (code: Failure.Code, retryAfter: Int?)?
    {
        try await failure { _ = try await service.start(phone: phone) }.map {
            ($0.code, $0.retryAfter)
        }
    }

    @Test func `a phone gets one prompt a minute, three an hour and ten a day`() async throws {
        try await Service.run(with: Config()) { service in
            let start = service.clock.now
            var sent: [Int] = []
            // Whoever comes back when told to is let in then, and not a second earlier.
            for _ in 0..<12 {
                _ = try await service.start()
                sent.append(Int((service.clock.now - start).components.seconds))
                let refused = try #require(try await Self.code(service))
                #expect(refused.code == .rateLimited)
                let wait = try #require(refused.retryAfter)
                service.clock.advance(by: .seconds(wait - 1))
                #expect(try await Self.code(service)?.retryAfter == 1)
                service.clock.advance(by: .seconds(1))
            }
            #expect(
                sent == [
                    0, 60, 120, 3600, 3660, 3720, 7200, 7260, 7320, 10_800, 86_400, 86_460,
                ])
            #expect(service.messenger.prompts.count == 12)
        }
    }

    @Test func `64 at once for one phone send one message`() async throws {
        try await Service.run(on: .sqliteFile, with: Config()) { service in
            let codes = try await withThrowingTaskGroup(of: Failure.Code?.self) { group in
                for _ in 0..<64 { group.addTask { try await Self.code(service)?.code } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes.count { $0 == nil } == 1)
            #expect(codes.count { $0 == .rateLimited } == 63)
            #expect(service.messenger.prompts.count == 1)
        }
    }

    @Test(arguments: [
        ("5215512345678", "525512345678"), ("5491112345678", "541112345678"),
        ("5585998765432", "558598765432"),
    ])
    func `all spellings of a phone are one phone`(_ one: String, _ other: String) async throws {
        for (first, second) in [(one, other), (other, one)] {
            try await Service.run(with: Config()) { service in
                _ = try await service.start(phone: first)
                #expect(try await Self.code(service, second)?.code == .rateLimited)
                #expect(try await Self.code(service, first)?.code == .rateLimited)
                #expect(try await Self.code(service, "525512345679") == nil)
            }
        }
    }

    @Test func `a message that was not sent does not count, one that may have arrived does`()
        async throws
    {
        try await Service.run(with: Config()) { service async throws in
            for _ in 0..<5 {
                service.messenger.fail(with: "131026")
                #expect(try await Self.code(service)?.code == .messageSendFailed)
            }
            service.messenger.fail(with: "timeout", mayHaveArrived: true)
            #expect(try await Self.code(service)?.code == .messageSendFailed)
            service.messenger.fail(with: nil)
            #expect(try await Self.code(service)?.code == .rateLimited)
            #expect(service.messenger.prompts.count == 6)
        }
    }

    @Test func `what is taken back is that prompt alone`() async throws {
        var config = Config()
        config.limits.phone = RateLimit([RateLimit.Rate(2, per: .seconds(60))])
        try await Service.run(with: config) { service in
            _ = try await service.start()
            service.messenger.fail(with: "131026")
            #expect(try await Self.code(service)?.code == .messageSendFailed)
            service.messenger.fail(with: nil)
            _ = try await service.start()
            #expect(try await Self.code(service)?.code == .rateLimited)
        }
    }

    @Test func `the longest of all waits is told`() async throws {
        try await Service.run(with: Config()) { service in
            let (_, prompt) = try await service.start()
            #expect(try await Self.code(service)?.retryAfter == 60)
            try await service.tap(prompt.deny)
            #expect(try await Self.code(service)?.retryAfter == 600)
            for _ in 0..<2 {
                service.clock.advance(by: .seconds(600))
                try await service.tap(try await service.start().prompt.deny)
            }
            // The first of the three leaves the hour after the block is over.
            #expect(try await Self.code(service)?.retryAfter == 3600 - 1200)
        }
    }

    @Test
    func `who looked at the clock before the one that is counted waits no longer than the window`()
        async throws
    {
        try await Service.run(with: Config()) { service in
            _ = try await service.start()
            service.clock.advance(by: .milliseconds(-5))
            #expect(try await Self.code(service)?.retryAfter == 60)
        }
    }

    @Test(arguments: [-7200, 7200])
    func `a clock that was wrong for a while lets nobody have more`(seconds: Int) async throws {
        var config = Config()
        config.limits.phone = RateLimit([RateLimit.Rate(3, per: .seconds(3600))])
        try await Service.run(with: config) { service in
            for _ in 0..<3 {
                _ = try await service.start()
                service.clock.advance(by: .seconds(60))
            }
            service.clock.advance(by: .seconds(seconds))
            for _ in 0..<20 {
                _ = try await Self.code(service)
                service.clock.advance(by: .seconds(60))
            }
            // Three for each of the two hours that the clock has shown.
            #expect(service.messenger.prompts.count == 3 + 3)
        }
    }

    @Test func `a template after closed buttons is one prompt`() async throws {
        try await Service.run(with: Config()) { service in
            service.messenger.setTemplate()
            try await service.receive(
                InboundMessage(
                    id: "in.1", sender: "16505550142", sentAt: service.clock.now, content: .other))
            service.messenger.fail(with: "131047", .windowClosed)
            for _ in 0..<3 {
                _ = try await service.start()
                service.clock.advance(by: .seconds(60))
            }
            #expect(service.messenger.kinds.count == 6)
            #expect(try await Self.code(service)?.code == .rateLimited)
        }
    }

    @Test func `a deny block does not come between a link and its question`() async throws {
        try await Service.run { service in
            let attempt = Logins.Attempt(.link, phone: try Sample.phone())
            let link = try await service.app.logins.start(attempt, on: service.loop)
            let pending = try await service.start().prompt
            try await service.tap(try await service.start().prompt.deny)
            let (store, now) = (service.store, service.clock.now)
            #expect(try await store.mayPrompt(link.session.login, at: now))
            #expect(try await !store.mayPrompt(pending.login, at: now))
        }
    }

    @Test func `limit, deny block and lock never stop a link`() async throws {
        try await Service.run(with: Config()) { service in
            let (_, prompt) = try await service.start()
            try await service.tap(prompt.deny)
            for _ in 0..<70 {
                let attempt = Logins.Attempt(
                    .link, phone: try Sample.phone(), network: "198.51.100.1")
                _ = try await service.app.logins.start(attempt, on: service.loop)
            }
            #expect(try await Self.code(service)?.code == .rateLimited)
        }
    }
}
