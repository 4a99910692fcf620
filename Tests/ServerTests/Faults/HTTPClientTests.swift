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

    @Test(arguments: [StandInProvider.Behaviour.reset, .hangUp])
    func `a request that may have arrived is not sent again, also over a connection that was open`(
        _ fault: StandInProvider.Behaviour
    ) async throws {
        try await withClient { provider, client in
            for round in 1...3 {
                provider.behave(.accept)
                #expect(try await client.send().get().status == 200)
                provider.behave(fault)
                guard case .failure(let error) = await client.send() else {
                    throw Fault("an answer")
                }
                #expect(error.mayHaveArrived)
                #expect(provider.count == 2 * round)
            }
        }
    }

    @Test func `a connection that was closed while nobody used it is opened again`() async throws {
        try await withClient { provider, client async throws in
            provider.behave(.acceptAndClose)
            for count in 1...3 {
                #expect(try await client.send().get().status == 200)
                _ = try waitFor("the end") { provider.closed == count ? true : nil }
            }
            #expect(provider.count == 3)
        }
    }

    @Test func `a request to nobody has not arrived, one without an answer may have`()
        async throws
    {
        try await withClient { provider, client in
            provider.behave(.silence)
            let late = await client.send { $0.timeout = .milliseconds(100) }
            #expect(late.error?.mayHaveArrived == true)
            provider.close()
            #expect(await client.send().error?.mayHaveArrived == false)
            for url in ["http://name.invalid/", "https://127.0.0.1:\(provider.port)/", "nothing:"] {
                let nowhere = await client.send { $0.url = url }
                #expect(nowhere.error?.mayHaveArrived == false, "\(url)")
            }
            try provider.listen()
            // It is spoken TLS to, and does not understand.
            let closed = await client.send {
                $0.url = "https://127.0.0.1:\(provider.port)/"
                $0.timeout = .milliseconds(500)
            }
            #expect(closed.error?.mayHaveArrived == false)
        }
    }

    /// libcurl's word for a callback that would not take more.
    private static let refused = "Failed writing received data to disk/application"
}
