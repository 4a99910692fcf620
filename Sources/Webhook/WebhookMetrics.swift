public import Metrics
import OTPless

/// What is counted of the provider's webhooks.
public final class WebhookMetrics: MetricSource {
    /// What became of a delivery.
    enum Result: String, MetricLabel {
        case taken
        case invalidSignature = "invalid_signature"
        case invalidJSON = "invalid_json"
        /// The store could not take it: it comes again.
        case unavailable
    }

    let deliveries = Row<Result, Counter>()
    let events = Row<CloudAPIWebhook.Kind, Counter>()

    /// Nothing was counted yet.
    public init() {}

    func refused(_ failure: Failure) {
        switch failure.code {
        case .invalidSignature: deliveries[.invalidSignature].add()
        case .invalidJSON: deliveries[.invalidJSON].add()
        default: deliveries[.unavailable].add()
        }
    }

    /// Writes deliveries by result, and what was in them.
    public func write(to page: inout Exposition) {
        page.rows(
            "webhook_deliveries_total", "Webhooks of the provider by result.", by: "result",
            [deliveries])
        page.rows(
            "webhook_events_total",
            "What signed webhooks held. foreign: of another sending number; unknown: of a shape "
                + "that is not known.", by: "kind", [events])
    }
}
