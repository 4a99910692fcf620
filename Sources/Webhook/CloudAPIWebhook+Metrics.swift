import Metrics
import OTPless

extension CloudAPIWebhook {
    /// What a webhook can hold, as it is counted.
    enum Kind: String, MetricLabel {
        /// A tap on a button of ours.
        case button
        case text
        /// A card with a number.
        case contact
        /// What WhatsApp says about a number: it has changed, or its holder has.
        case notice
        /// A message that answers nothing, such as a picture.
        case other
        case sent, delivered, read, failed
        /// Of another sending number.
        case foreign
        /// Of a shape that is not known.
        case unknown
    }

    /// How often each kind was there, where it was.
    var counts: [Kind: Int] {
        var counts: [Kind: Int] = [:]
        for message in messages { counts[Kind(message.content), default: 0] += 1 }
        for progress in reports.compactMap(\.progress) {
            counts[Kind(progress), default: 0] += 1
        }
        if foreign > 0 { counts[.foreign] = foreign }
        if unknown > 0 { counts[.unknown] = unknown }
        return counts
    }
}

extension CloudAPIWebhook.Kind {
    fileprivate init(_ content: InboundMessage.Content) {
        switch content {
        case .button: self = .button
        case .text: self = .text
        case .contact: self = .contact
        case .numberChanged, .userIDChanged, .identityChanged: self = .notice
        case .other: self = .other
        }
    }

    fileprivate init(_ progress: DeliveryReport.Progress) {
        switch progress {
        case .reached(.queued), .reached(.sent): self = .sent
        case .reached(.delivered): self = .delivered
        case .reached(.read): self = .read
        case .failed: self = .failed
        }
    }
}
