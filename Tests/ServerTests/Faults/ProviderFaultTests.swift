import Loop
import OTPless
import TestSupport
import Testing

/// The provider is down, slow, or answers what no Cloud API would.
@Suite(.blocking, .timeLimit(.minutes(5)))
struct ProviderFaultTests {
    /// All but `silence`, which takes as long as the server waits at most.
    private static let quick: [StandInProvider.Behaviour] = [
        .reset, .cutShort, .badGateway, .nothing, .halfJSON,
    ]

    @Test func `a message that may have arrived signs nobody in, and all is well again after it`()
        async throws
    {
        let provider = try StandInProvider()
        try await withServer(provider.asBase) { server in
            let trial = Trial(server: server, provider: provider)
            try trial.signIn("16505550100")
            let before = server.process.descriptorCount
            for (fault, behaviour) in Self.quick.enumerated() {
                provider.behave(behaviour)
                for attempt in 0..<8 { try trial.fail("1650555\(1000 + fault * 10 + attempt)") }
                #expect(try server.call("GET", "/readyz").status == 200)
            }
            provider.close()
            for attempt in 0..<8 { try trial.fail("1650555\(2000 + attempt)") }
            try provider.listen()
            provider.behave(.accept)
            try trial.expectEnded()
            for fault in Self.quick.indices { try trial.tapLate("1650555\(1000 + fault * 10)") }
            let after = server.process.descriptorCount
            // libcurl keeps a connection or two for the next message.
            #expect(after <= before + 4)
            print(
                "faults: provider: \(trial.ledger.summary), descriptors \(before) before and "
                    + "\(after) after")
            #expect(trial.ledger.lost == [])
        }
    }

    @Test func `a provider that does not answer keeps nobody else waiting`() async throws {
        let provider = try StandInProvider()
        try await withServer(provider.asBase) { server in
            let trial = Trial(server: server, provider: provider)
            let session = try trial.signIn("16505550100")
            let before = server.process.descriptorCount
            provider.behave(.silence)
            let (count, begin, port) = (6, ContinuousClock.now, server.port)
            let waiting = try Background {
                try inParallel(count) { index in
                    try exchange(Trial.initiate("1650555100\(index)"), port: port)
                }
            }
            _ = try waitFor("the messages") { provider.count == 1 + count ? true : nil }
            let slowest = try slowestRead(server, session, for: .seconds(2))
            #expect(slowest < .seconds(3))
            provider.behave(.accept)
            try trial.signIn("16505550101")
            for reply in try waiting.value() { trial.expectFailure(reply) }
            let took = ContinuousClock.now - begin
            #expect(took < .seconds(30))
            try trial.expectEnded()
            try trial.tapLate("16505551000")
            #expect(server.process.descriptorCount <= before + 4)
            print(
                "faults: silent provider: \(trial.ledger.summary), refused within "
                    + "\(took.inMilliseconds), slowest read meanwhile \(slowest.inMilliseconds)")
            #expect(trial.ledger.lost == [])
        }
    }

    private func slowestRead(
        _ server: LiveServer, _ session: Session, for time: Duration
    ) throws -> Duration {
        let end = ContinuousClock.now + time
        var slowest = Duration.zero
        while ContinuousClock.now < end {
            let start = ContinuousClock.now
            #expect(try server.me(session.accessToken).status == 200)
            slowest = max(slowest, ContinuousClock.now - start)
        }
        return slowest
    }
}

/// A server, its provider, and what became of the messages.
private struct Trial {
    let server: LiveServer
    let provider: StandInProvider
    let ledger = Ledger()
    private let bodies = Locked<Set<[UInt8]>>([])

    init(server: LiveServer, provider: StandInProvider) {
        self.server = server
        self.provider = provider
    }

    static func initiate(_ digits: String) -> HTTPRequest {
        HTTPRequest(
            method: "POST", path: "/api/auth/initiate",
            headers: [("Content-Type", "application/json")],
            body: Array(#"{"phoneNumber":"+\#(digits)"}"#.utf8))
    }

    /// A login from the message to the tokens, of a phone that never signed in before.
    @discardableResult
    func signIn(_ digits: String) throws -> Session {
        let session = try server.initiate("+" + digits)
        ledger.add(.sent)
        let message = try provider.message(to: digits)
        let tap = Webhook.tap(message.confirm, by: digits, id: "in." + message.id)
        #expect(try server.deliver(tap).status == 200)
        ledger.add(.confirmed)
        let reply = try server.claim(session)
        ledger.expect(reply.json["data"]["isNewUser"] == .bool(true), "\(reply)")
        ledger.add(.collected)
        return try Session(reply.json["data"])
    }

    func fail(_ digits: String) throws {
        expectFailure(try exchange(Self.initiate(digits), port: server.port))
    }

    /// The same reply for every cause.
    func expectFailure(_ reply: HTTPReply) {
        ledger.add(.sent)
        ledger.add(.refused)
        let bodies = bodies.withLock { bodies in
            bodies.insert(reply.body)
            return bodies
        }
        ledger.expect(
            reply.isError(500, "MESSAGE_SEND_FAILED") && bodies.count == 1, "\(reply)")
    }

    /// Nobody holds their session ids, so that only the file can tell.
    func expectEnded() throws {
        let failed = "SELECT count(*) FROM logins WHERE state = \(Login.State.failed.rawValue)"
        let count = try DatabaseFile(server.database).text(failed)
        ledger.expect(count == "\(ledger[.refused])", "\(count) logins have ended")
    }

    /// The message did arrive, and is tapped: the login that it asked for has ended, so that the
    /// phone's next one is the first that makes an account.
    func tapLate(_ digits: String) throws {
        let message = try provider.message(to: digits)
        let tap = Webhook.tap(message.confirm, by: digits, id: "late." + message.id)
        let reply = try server.deliver(tap)
        ledger.expect(reply.isSuccess("Webhook received successfully"), "\(reply)")
        ledger.add(.lateTaps)
        try signIn(digits)
    }
}
