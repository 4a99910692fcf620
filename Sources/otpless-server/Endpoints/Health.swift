import Loop
import OTPless
import Wire

/// Answers `GET /healthz` and `GET /readyz`.
struct Health {
    private let store: any Store
    private let draining: Draining
    private let warnings: [String]
    private let clients: ClientAddresses

    init(_ app: App, _ clients: ClientAddresses) {
        self.clients = clients
        store = app.store
        draining = app.draining
        warnings = app.config.warnings
    }

    @Sendable func live(_ request: Request) -> Reply {
        .now(Response(Envelope(200, "Alive")))
    }

    /// Ready means that a login could be started now.
    @Sendable func ready(
        _ request: Request, on loop: isolated EventLoop
    ) async throws(Failure) -> Envelope {
        guard !draining.hasBegun else {
            throw Failure(.serviceUnavailable, details: "The server is stopping")
        }
        do throws(StoreError) {
            try await store.probe()
        } catch {
            throw Failure(.serviceUnavailable, details: "The store cannot be written")
        }
        // Whoever looks through a proxy that is not trusted is to see it here.
        _ = clients.address(of: request)
        let warnings = warnings + clients.warnings
        return Envelope(200, "Ready") { data in
            data.member("warnings") { writer in
                writer.array { writer in
                    for warning in warnings { writer.value(warning) }
                }
            }
        }
    }
}
