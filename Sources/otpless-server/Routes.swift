import Loop
import Metrics
import OTPless
import WSGateway
import Webhook
import Wire

/// The table of contents: every path the server answers.
func routes(
    _ app: App, _ gateway: Gateway, _ site: Site, counted: [any MetricSource] = []
) throws(ConfigError) -> Router {
    guard let webhook = WebhookEndpoint(app) else {
        throw ConfigError(faults: [
            ConfigFault(name: "OTPLESS_WHATSAPP_APP_SECRET", problem: "must not be empty")
        ])
    }
    let clients = ClientAddresses(app)
    var router = Router()

    router.on(.post, "/api/auth/initiate", answer: StartLogin(app, clients).answer)
    router.on(.get, "/api/auth/ws", WaitForLogin(app, gateway).answer)
    router.on(.post, "/api/auth/claim", respond: ClaimLogin(app).claim)
    router.on(.post, "/api/auth/ack", answer: ClaimLogin(app).acknowledge)
    router.on(.post, "/api/auth/cancel", answer: ClaimLogin(app).cancel)
    router.on(.post, "/api/auth/refresh", respond: RefreshTokens(app).answer)
    router.on(.post, "/api/auth/logout", respond: Logout(app).answer)
    router.on(.get, "/api/auth/validate", Validate(app).answer)

    router.on(.get, "/api/user/me", Me(app).show)
    router.on(.put, "/api/user/me", answer: Me(app).rename)
    router.on(.delete, "/api/user/me", answer: Me(app).delete)
    router.on(.get, "/api/user/me/devices", answer: Devices(app).list)
    router.on(.delete, "/api/user/me/devices/{id}", answer: Devices(app).remove)

    for path in ["/api/webhook", "/api/webhook/cloud"] {
        router.on(.get, path, ReceiveWebhook(webhook).verify)
        router.on(
            .post, path, bodyLimit: WebhookEndpoint.bodyLimit,
            answer: ReceiveWebhook(webhook).receive)
    }

    router.on(.get, "/healthz", Health(app, clients).live)
    router.on(.get, "/readyz", answer: Health(app, clients).ready)
    router.on(.get, "/.well-known/jwks.json", ShowKeys(app).answer)
    router.on(.get, "/metrics", ShowMetrics(app, counted + [webhook.metrics]).answer)

    site.add(to: &router)
    return router
}
