public import Loop
import Metrics
public import OTPless
public import Wire

/// Takes the Cloud API's webhooks and passes on what they say about logins.
public struct WebhookEndpoint: Sendable {
    /// The largest delivery, in bytes.
    public static let bodyLimit = 3 << 20

    /// As many values as fit into a delivery, one in two bytes, and texts with half an emoji.
    ///
    /// What is refused comes again for days, and everybody's messages with it.
    package static let limits = JSONDocument.Limits(
        maxDepth: 64, maxNodes: (bodyLimit + 1) / 2, replacesLoneSurrogates: true)

    /// What is counted.
    public let metrics = WebhookMetrics()

    private let logins: Logins
    private let log: Log
    private let rejections: Rejections
    private let signature: WebhookSignature
    private let verifyToken: Secret
    private let phoneNumberID: String

    /// The endpoint of the configured number; nil without an app secret or a verify token.
    public init?(_ app: App) {
        let settings = app.config.whatsApp
        guard let signature = WebhookSignature(appSecret: settings.appSecret),
            !settings.verifyToken.bytes.isEmpty
        else { return nil }
        logins = app.logins
        log = app.log
        rejections = app.rejections
        self.signature = signature
        verifyToken = settings.verifyToken
        phoneNumberID = settings.phoneNumberID
    }

    /// Answers Meta's verification request with its challenge.
    ///
    /// - Throws: `VERIFICATION_FAILED` unless mode and token are right.
    public func challenge(of request: Request) throws(Failure) -> String {
        guard request.queryItem("hub.mode") == "subscribe",
            let token = request.queryItem("hub.verify_token"),
            constantTimeEqual(Array(token.utf8), verifyToken.bytes),
            let challenge = request.queryItem("hub.challenge")
        else {
            log.write(.warning, "webhook verification failed", ["request": .text(request.id)])
            throw Failure(.verificationFailed)
        }
        return challenge
    }

    /// Takes a delivery; returns once what it changes is on disk.
    ///
    /// - Throws: `INVALID_SIGNATURE`, before anything of the body is read; `INVALID_JSON`;
    ///   `SERVICE_UNAVAILABLE` when the store cannot take it, so that the provider repeats it.
    public func receive(
        _ request: Request, on loop: isolated EventLoop
    ) async throws(Failure) {
        do throws(Failure) {
            try await take(request, on: loop)
            metrics.deliveries[.taken].add()
        } catch {
            metrics.refused(error)
            if error.code == .invalidSignature { await rejections.note(.webhookRejected) }
            log.write(
                .warning, "webhook refused",
                ["code": .text(error.code.rawValue), "request": .text(request.id)])
            throw error
        }
    }

    private func take(
        _ request: Request, on loop: isolated EventLoop
    ) async throws(Failure) {
        guard signature.verifies(request.headers.bytes(of: "x-hub-signature-256"), of: request.body)
        else { throw Failure(.invalidSignature) }
        guard let document = try? JSONDocument(request.body, limits: Self.limits) else {
            throw Failure(.invalidJSON)
        }
        let webhook = CloudAPIWebhook(document.root, phoneNumberID: phoneNumberID)
        for (kind, count) in webhook.counts { metrics.events[kind].add(count) }
        log.write(
            .debug, "webhook",
            [
                "messages": .number(webhook.messages.count),
                "reports": .number(webhook.reports.count),
            ])
        try await logins.receive(webhook.messages, on: loop)
        try await logins.apply(webhook.reports, on: loop)
    }
}
