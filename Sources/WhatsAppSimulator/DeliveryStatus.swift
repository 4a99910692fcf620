/// A step of a message on its way, as a status webhook calls it.
public enum DeliveryStatus: String, CaseIterable, Sendable {
    /// WhatsApp has taken it to its servers.
    case sent
    /// It is on the phone.
    case delivered
    /// It was on the phone's screen.
    case read
    /// It cannot be delivered.
    case failed
}
