import Loop
import Metrics
import OTPless
import Wire

/// Answers `GET /metrics`: what is counted, for Prometheus.
struct ShowMetrics {
    private let digest: OTPless.Digest?
    private let sources: [any MetricSource]

    init(_ app: App, _ sources: [any MetricSource]) {
        digest = app.config.metricsToken.map { Digest(of: $0.bytes) }
        self.sources = sources
    }

    @Sendable func answer(_ request: Request) -> Reply {
        // To strangers there is nothing here.
        guard mayRead(request) else { return .now(Response(Failure(.notFound))) }
        return .later { _ in
            Response(
                status: 200, contentType: Exposition.contentType,
                headers: [("Cache-Control", "no-store")], body: await page())
        }
    }

    /// With a token configured, whoever has it; else this machine's own programs.
    private func mayRead(_ request: Request) -> Bool {
        guard let digest else {
            return request.peer.isLoopback && !request.headers.tellOfForwarding
        }
        let token = request.headers.bytes(of: "authorization").flatMap(Tokens.bearerToken)
        return token.map(digest.matches) ?? false
    }

    /// Written on a thread of its own: it reads many cells and files, which no loop should wait for.
    private func page() async -> [UInt8] {
        await withCheckedContinuation { continuation in
            let write: @Sendable () -> Void = { continuation.resume(returning: text()) }
            do throws(SystemError) {
                _ = try Thread(name: "metrics", write)
            } catch {
                write()
            }
        }
    }

    private func text() -> [UInt8] {
        var page = Exposition(prefix: "otpless_")
        for source in sources { source.write(to: &page) }
        return Array(page.text.utf8)
    }
}
