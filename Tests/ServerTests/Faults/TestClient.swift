import Loop
import OTPless

/// An HTTP client on a loop of its own, for one provider.
struct TestClient: Sendable {
    private let url: String
    private let loop: EventLoop
    private let id: SourceID
    private let ended = Locked(0)

    init(
        _ provider: StandInProvider, _ limits: TransferLimits, on loop: EventLoop
    ) async throws {
        url = "http://127.0.0.1:\(provider.port)/"
        self.loop = loop
        id = try await HTTPClient.make(on: loop, limits: limits)
    }

    /// How many sends have ended, one way or the other.
    var finished: Int { ended.withLock { $0 } }

    func send(
        _ change: @Sendable (inout OutgoingRequest) -> Void = { _ in }
    ) async -> Result<IncomingResponse, CurlError> {
        var request = OutgoingRequest(url: url, headers: [], body: Array("{}".utf8))
        change(&request)
        let result = await HTTPClient.send(request, with: id, on: loop)
        ended.withLock { $0 += 1 }
        return result
    }

    /// Sends that many at once; returns how often which status came back, or which failure.
    func send(
        _ count: Int, _ change: @escaping @Sendable (inout OutgoingRequest) -> Void = { _ in }
    ) async -> [String: Int] {
        await withTaskGroup { group in
            for _ in 0..<count { group.addTask { await send(change) } }
            return await group.reduce(into: [:]) { outcomes, result in
                let outcome = (try? result.get()).map { "\($0.status)" } ?? result.failure
                outcomes[outcome ?? "", default: 0] += 1
            }
        }
    }

    /// Lets go of libcurl and of what waits for it.
    func end() async {
        func end(_ id: SourceID, on loop: isolated EventLoop) { loop.remove(id) }
        await end(id, on: loop)
    }

    /// Comes back when the loop has had time for it.
    func passThroughLoop() async {
        func pass(_ loop: isolated EventLoop) {}
        await pass(loop)
    }
}

/// Runs a test with a provider and a client of it.
func withClient(
    _ limits: TransferLimits = TransferLimits(),
    _ test: (StandInProvider, TestClient) async throws -> Void
) async throws {
    let loops = try LoopGroup(count: 1)
    defer { loops.stop() }
    let provider = try StandInProvider()
    try await test(provider, try await TestClient(provider, limits, on: loops.loops[0]))
}

extension Result where Failure == CurlError {
    /// What went wrong, if anything did.
    var error: CurlError? {
        if case .failure(let error) = self { error } else { nil }
    }

    /// Why there is no answer, if there is none.
    var failure: String? {
        if case .failure(let error) = self { "\(error)" } else { nil }
    }
}
