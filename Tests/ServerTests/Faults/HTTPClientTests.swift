import Loop
import OTPless
import TestSupport
import Testing

/// What another server's answer can do to the loop that waits for it.
@Suite(.blocking, .timeLimit(.minutes(2)))
struct HTTPClientTests {
    @Test func `an answer with 50,000 header lines fails, and the loop goes on meanwhile`()
        async throws
    {
        try await withClient { provider, client in
            provider.behave(.manyHeaders)
            async let answer = client.send()
            let begin = ContinuousClock.now
            var slowest = Duration.zero
            while client.finished == 0 {
                let start = ContinuousClock.now
                await client.passThroughLoop()
                slowest = max(slowest, ContinuousClock.now - start)
            }
            #expect(await answer.failure == "curl: \(Self.refused)")
            #expect(provider.count == 1)
            #expect(slowest < .seconds(2))
            #expect(ContinuousClock.now - begin < .seconds(4))
        }
    }

    @Test func `a refusal's header fields are kept where the request names them`() async throws {
        try await withClient { provider, client in
            provider.behave(.limit)
            let name = "X-Business-Use-Case-Usage"
            let answer = try await client.send {
                $0.refusalHeaders = [name, "X-None"]
            }.get()
            #expect(answer.status == 429)
            let usage = #"{"1":[{"estimated_time_to_regain_access":2}]}"#
            #expect(answer.header(name) == usage && answer.header("x-none") == nil)
            #expect(try await client.send().get().header(name) == nil)
        }
    }

    /// libcurl's word for a callback that would not take more.
    private static let refused = "Failed writing received data to disk/application"
}
