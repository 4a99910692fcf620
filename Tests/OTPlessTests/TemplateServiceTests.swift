import OTPless
import TestSupport
import Testing

/// When a prompt goes out as a template.
struct TemplateServiceTests {
    @Test func `without a template prompts always have buttons`() async throws {
        try await Service.run { service in
            _ = try await service.start()
            #expect(service.messenger.kinds == [.buttons])
        }
    }

    @Test func `the template is for those who did not write within 24 hours`() async throws {
        try await Service.run { service in
            service.messenger.setTemplate()
            _ = try await service.start()
            try await service.receive(Self.noise(at: service.clock.now))
            _ = try await service.start()
            // A minute is left for the message's way.
            service.clock.advance(by: .seconds(86_400 - 61))
            _ = try await service.start()
            service.clock.advance(by: .seconds(1))
            _ = try await service.start()
            #expect(service.messenger.kinds == [.template, .buttons, .buttons, .template])
        }
    }

    @Test func `an old delivery does not open the window`() async throws {
        try await Service.run { service in
            service.messenger.setTemplate()
            try await service.receive(Self.noise(at: service.clock.now))
            try await service.receive(Self.noise(at: service.clock.now - .seconds(90_000)))
            _ = try await service.start()
            try await service.receive(
                Self.noise(at: service.clock.now - .seconds(90_000), from: "16505550143"))
            _ = try await service.start(phone: "16505550143")
            #expect(service.messenger.kinds == [.buttons, .template])
        }
    }

    @Test func `a closed window that the send tells is answered by the template`() async throws {
        try await Service.run { service in
            service.messenger.setTemplate()
            try await service.receive(Self.noise(at: service.clock.now))
            service.messenger.fail(with: "131047", .windowClosed)
            let (session, prompt) = try await service.start()
            #expect(service.messenger.kinds == [.buttons, .template])
            try await service.tap(prompt.confirm)
            _ = try await service.collect(session)
        }
    }

    @Test func `a closed window that a report tells is answered by the template, once`()
        async throws
    {
        try await Service.run { service in
            service.messenger.setTemplate()
            try await service.receive(Self.noise(at: service.clock.now))
            let (session, first) = try await service.start()
            for _ in 0..<3 {
                try await service.report(.failed(.windowClosed), on: first.login)
                try await service.settle()
            }
            #expect(service.messenger.kinds == [.buttons, .template])
            let second = try #require(service.messenger.prompts.last)
            #expect(second.confirm.text != first.confirm.text)
            // What the undelivered message carried is void.
            try await service.tap(first.confirm)
            guard case .pending = try await service.outcome(of: session) else {
                throw UnexpectedOutcome()
            }
            // Late news of the first message is no news of the second.
            try await service.report(.failed(.refused), on: first.login)
            try await service.report(.reached(.delivered), on: first.login, .template)
            try await service.tap(second.confirm)
            _ = try await service.collect(session)
        }
    }

    @Test func `a closed window that is told at once and later gives one template`() async throws {
        try await Service.run { service in
            service.messenger.setTemplate()
            try await service.receive(Self.noise(at: service.clock.now))
            service.messenger.fail(with: "131047", .windowClosed)
            let (_, prompt) = try await service.start()
            try await service.report(.failed(.windowClosed), on: prompt.login)
            try await service.settle()
            #expect(service.messenger.kinds == [.buttons, .template])
        }
    }

    @Test func `no template follows a deny of another login of that phone`() async throws {
        try await Service.run { service in
            service.messenger.setTemplate()
            try await service.receive(Self.noise(at: service.clock.now))
            let (session, first) = try await service.start()
            let (_, second) = try await service.start()
            try await service.tap(second.deny)
            try await service.report(.failed(.windowClosed), on: first.login)
            try await service.settle()
            #expect(service.messenger.kinds == [.buttons, .buttons])
            guard case .ended(.messageUndeliverable) = try await service.outcome(of: session) else {
                throw UnexpectedOutcome()
            }
        }
    }

    @Test func `when the template fails too the login has failed`() async throws {
        for isRefused in [true, false] {
            try await Service.run { service in
                service.messenger.setTemplate()
                try await service.receive(Self.noise(at: service.clock.now))
                let (session, prompt) = try await service.start()
                if isRefused { service.messenger.fail(with: "132001") }
                try await service.report(.failed(.windowClosed), on: prompt.login)
                try await service.settle()
                if !isRefused {
                    try await service.report(.failed(.windowClosed), on: prompt.login, .template)
                }
                guard case .ended(.messageUndeliverable) = try await service.outcome(of: session)
                else { throw UnexpectedOutcome() }
                #expect(service.hints.all.last == prompt.login)
            }
        }
    }

    @Test func `where pages are told nothing of deliveries, a template that fails ends nothing`()
        async throws
    {
        var config = Config.unlimited
        config.deliveryEvents = false
        try await Service.run(with: config) { service in
            service.messenger.setTemplate()
            try await service.receive(Self.noise(at: service.clock.now))
            let (session, prompt) = try await service.start()
            service.messenger.fail(with: "132001")
            try await service.report(.failed(.windowClosed), on: prompt.login)
            try await service.settle()
            #expect(service.messenger.kinds == [.buttons, .template])
            guard case .pending = try await service.outcome(of: session) else {
                throw UnexpectedOutcome()
            }
        }
    }

    @Test func `without a template a closed window ends the login`() async throws {
        try await Service.run { service in
            let (session, prompt) = try await service.start()
            try await service.report(.failed(.windowClosed), on: prompt.login)
            guard case .ended(.messageUndeliverable) = try await service.outcome(of: session) else {
                throw UnexpectedOutcome()
            }
        }
    }

    private static func noise(at time: Timestamp, from sender: String = "16505550142")
        -> InboundMessage
    {
        InboundMessage(id: Sample.messageID(), sender: sender, sentAt: time, content: .other)
    }
}
