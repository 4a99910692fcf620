import Loop
import OTPless
import Webhook
import Wire

/// Answers `GET` and `POST /api/webhook`.
struct ReceiveWebhook {
    private let webhook: WebhookEndpoint

    init(_ webhook: WebhookEndpoint) {
        self.webhook = webhook
    }

    @Sendable func verify(_ request: Request) -> Reply {
        do throws(Failure) {
            let challenge = try webhook.challenge(of: request)
            return .now(
                Response(
                    status: 200, contentType: "text/plain; charset=utf-8",
                    headers: [("Cache-Control", "no-store")], body: Array(challenge.utf8)))
        } catch {
            return .now(Response(error))
        }
    }

    @Sendable func receive(
        _ request: Request, on loop: isolated EventLoop
    ) async throws(Failure) -> Envelope {
        try await webhook.receive(request, on: loop)
        return Envelope(200, "Webhook received successfully") { $0.member("received", true) }
    }
}
