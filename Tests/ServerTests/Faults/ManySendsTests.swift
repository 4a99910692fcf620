import Loop
import OTPless
import TestSupport
import Testing

/// More messages at once than the provider can take: each is sent in time, or not at all.
@Suite(.blocking, .timeLimit(.minutes(2)))
struct ManySendsTests {
    @Test func `a request that waits too long for its turn is refused and never sent`()
        async throws
    {
        try await withClient(Self.limits(atOnce: 4, patience: .zero)) { provider, client in
            provider.behave(.hold)
            async let outcomes = client.send(20)
            // All but those in flight, and perhaps the last, which nothing came after.
            _ = try waitFor("the refusals") { client.finished >= 15 ? true : nil }
            provider.release()
            #expect(await outcomes == ["200": 4, Self.refusal: 16])
            #expect(provider.count == 4)
            // There is room again.
            #expect(await client.send(1) == ["200": 1])
        }
    }

    @Test func `the time for an answer counts from a request's turn`() async throws {
        try await withClient(Self.limits(atOnce: 2)) { provider, client in
            provider.behave(.slow)
            // Five rounds of 400 ms.
            let outcomes = await client.send(10) { $0.timeout = .milliseconds(1500) }
            #expect(outcomes == ["200": 10])
            #expect(provider.count == 10)
        }
    }

    @Test func `only so many requests may wait`() async throws {
        try await withClient(Self.limits(atOnce: 1, waiting: 3)) { provider, client in
            provider.behave(.hold)
            async let outcomes = client.send(10)
            _ = try waitFor("the refusals") { client.finished == 6 ? true : nil }
            provider.release()
            #expect(await outcomes == ["200": 4, Self.refusal: 6])
            #expect(provider.count == 4)
        }
    }

    @Test func `the turns go on after transfers that fail`() async throws {
        try await withClient(Self.limits(atOnce: 2)) { provider, client in
            provider.behave(.reset)
            let outcomes = await client.send(10)
            #expect(outcomes.values.reduce(0, +) == 10)
            #expect(outcomes["200"] == nil && outcomes[Self.refusal] == nil)
            provider.behave(.accept)
            #expect(await client.send(10) == ["200": 10])
        }
    }

    @Test func `a request that has no time left is not sent`() async throws {
        try await withClient { provider, client in
            let outcomes = await client.send(3) { $0.deadline = .now + .milliseconds(400) }
            #expect(outcomes == ["curl: Timeout was reached": 3])
            #expect(await client.send(1) { $0.deadline = .now + .seconds(60) } == ["200": 1])
            #expect(provider.count == 1)
        }
    }

    @Test func `whoever waits is told when the client goes`() async throws {
        try await withClient(Self.limits(atOnce: 0, waiting: 5)) { provider, client in
            async let outcomes = client.send(6)
            _ = try waitFor("the queue") { client.finished == 1 ? true : nil }
            await client.end()
            let aborted = "curl: Operation was aborted by an application callback"
            #expect(await outcomes == [aborted: 5, Self.refusal: 1])
            #expect(provider.count == 0)
        }
    }

    private static let refusal = "curl: too many requests are waiting"

    private static func limits(
        atOnce: Int, waiting: Int = 100, patience: Duration = .seconds(60)
    ) -> TransferLimits {
        var limits = TransferLimits()
        (limits.atOnce, limits.waiting, limits.patience) = (atOnce, waiting, patience)
        return limits
    }
}
