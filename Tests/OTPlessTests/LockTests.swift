import OTPless
import TestSupport
import Testing

/// 100 wrong numbers in a row lock prompts to a phone; nothing that a stranger does counts.
struct LockTests {
    private static let phone = "16505550142"
    private static let stranger = "16505550143"

    private static var config: Config {
        var config = Config.unlimited
        config.confirmation = .match
        return config
    }

    /// A message of a phone.
    private static func text(
        _ text: String, from sender: String = phone, quoting quoted: String? = nil
    ) -> InboundMessage {
        InboundMessage(
            id: Sample.messageID(), sender: sender, sentAt: nil, quotedMessageID: quoted,
            content: .text(text))
    }

    /// `07` is a number that no page shows.
    private static func fail(_ service: Service, times: Int) async throws {
        for _ in 0..<times {
            _ = try await service.start()
            try await service.receive(text("07"))
        }
    }

    private static func code(_ service: Service) async throws -> Failure.Code? {
        try await failure { _ = try await service.start() }?.code
    }

    @Test func `100 wrong numbers in a row lock the phone until it is unblocked`() async throws {
        try await Service.run(with: Self.config) { service in
            try await Self.fail(service, times: 99)
            #expect(try await Self.code(service) == nil)
            try await service.receive(Self.text("07"))
            #expect(try await Self.code(service) == .phoneLocked)
            service.clock.advance(by: .seconds(400 * 86_400))
            while try await service.store.sweep(at: service.clock.now) > 0 {}
            #expect(try await Self.code(service) == .phoneLocked)
            #expect(try await failure { _ = try await service.start(phone: Self.stranger) } == nil)
            let phone = try Sample.phone()
            let lifted = try await service.store.unblock(phone, at: service.clock.now)
            #expect(lifted == [.lock, .wrongNumbers])
            #expect(try await service.store.unblock(phone, at: service.clock.now) == [])
            #expect(try await Self.code(service) == nil)
            // The count begins anew.
            try await service.receive(Self.text("07"))
            try await Self.fail(service, times: 98)
            #expect(try await Self.code(service) == nil)
        }
    }

    @Test func `a right number begins the count anew`() async throws {
        try await Service.run(with: Self.config) { service in
            try await Self.fail(service, times: 99)
            let attempt = Logins.Attempt(phone: try Sample.phone())
            let started = try await service.app.logins.start(attempt, on: service.loop)
            try await service.receive(Self.text(try #require(started.matchNumber).text))
            try await Self.fail(service, times: 99)
            #expect(try await Self.code(service) == nil)
        }
    }

    @Test func `a lock stops no link, and the number still confirms one`() async throws {
        try await Service.run(with: Self.config) { service in
            try await Self.fail(service, times: 100)
            #expect(try await Self.code(service) == .phoneLocked)
            let attempt = Logins.Attempt(.link, phone: try Sample.phone())
            let started = try await service.app.logins.start(attempt, on: service.loop)
            try await service.receive(Self.text(try #require(started.link).code))
            try await service.receive(Self.text(try #require(started.matchNumber).text))
            let login = try #require(try await service.store.login(started.session.login))
            #expect(login.state == .confirmed)
            #expect(try await Self.code(service) == .phoneLocked)
        }
    }

    @Test func `nothing that a stranger does counts`() async throws {
        try await Service.run(with: Self.config) { service in
            for round in 0..<101 {
                // A prompt that nobody answers, and one that is denied by its button.
                let (_, prompt) = try await service.start()
                // Numbers of another phone, also of one whose number ends alike; and with nothing pending.
                for sender in [Self.stranger, "46505550142", "505550142"] {
                    try await service.receive(Self.text("07", from: sender))
                }
                // What quotes another login's message, or one that we do not know.
                try await service.receive(Self.text("07", quoting: "wamid.unknown"))
                try await service.receive(
                    InboundMessage(
                        id: Sample.messageID(), sender: Self.phone, sentAt: nil, content: .other))
                for text in ["7", "007", "0 7", "07!", "yes", "hello 07", "K7PQ-2MXD"] {
                    try await service.receive(Self.text(text))
                }
                // A link for the phone whose code nobody has sent is nothing that the phone knows of.
                if round % 2 == 0 {
                    try await service.tap(prompt.deny, from: Self.stranger)
                    service.clock.advance(by: .seconds(301))
                    let attempt = Logins.Attempt(.link, phone: try Sample.phone())
                    _ = try await service.app.logins.start(attempt, on: service.loop)
                    try await service.receive(Self.text("07"))
                    service.clock.advance(by: .seconds(301))
                } else {
                    service.clock.advance(by: .seconds(301))
                    // Too late: nothing is pending any more.
                    try await service.receive(Self.text("07"))
                }
            }
            #expect(try await Self.code(service) == nil)
            let lifted = try await service.store.unblock(try Sample.phone(), at: service.clock.now)
            #expect(lifted == [.wrongCodes] || lifted == [])
        }
    }

    @Test func `a repeated delivery is one wrong number`() async throws {
        try await Service.run(with: Self.config) { service in
            _ = try await service.start()
            let message = Self.text("07")
            for _ in 0..<150 {
                try await service.receive(message)
                _ = try await service.start()
                service.clock.advance(by: .seconds(10))
            }
            #expect(try await Self.code(service) == nil)
        }
    }

    @Test(arguments: [
        ("5215512345678", "525512345678"), ("525512345678", "5215512345678"),
        ("541112345678", "5491112345678"), ("5585998765432", "558598765432"),
    ])
    func `a lock holds for every spelling, and so does its end`(
        _ one: String, _ other: String
    ) async throws {
        try await Service.run(with: Self.config) { service in
            for _ in 0..<100 {
                _ = try await service.start(phone: one)
                try await service.receive(Self.text("07", from: other))
            }
            for phone in [one, other] {
                let refused = try await failure { _ = try await service.start(phone: phone) }
                #expect(refused?.code == .phoneLocked)
            }
            let lifted = try await service.store.unblock(
                try Sample.phone(one), at: service.clock.now)
            #expect(lifted == [.lock, .wrongNumbers])
            for phone in [one, other] { _ = try await service.start(phone: phone) }
        }
    }

    @Test func `an operator lifts whatever keeps a person out, and nobody else's`() async throws {
        try await Service.run(with: Config()) { service in
            for phone in [Self.phone, Self.stranger] {
                let (_, prompt) = try await service.start(phone: phone)
                try await service.tap(prompt.deny, from: phone)
                for _ in 0..<10 { try await service.receive(Self.text("K7PQ-2MXD", from: phone)) }
            }
            let lifted = try await service.store.unblock(try Sample.phone(), at: service.clock.now)
            #expect(lifted == [.denyBlock, .prompts, .wrongCodes])
            #expect(try await Self.code(service) == nil)
            let refused = try await failure { _ = try await service.start(phone: Self.stranger) }
            #expect(refused?.code == .rateLimited)
        }
    }
}
