import OTPless

/// One message or status, as it stands in a webhook.
struct WebhookUpdate: Sendable {
    enum Kind: Hashable, Sendable {
        case message
        case status(DeliveryStatus)

        var isMessage: Bool { self == .message }
    }

    let kind: Kind
    /// Who is listed as its contact, if anybody is.
    let contact: Contact?
    let json: [UInt8]
    /// The bubble that it tells of, if there is one.
    var message: SimulatedPhones.MessageName?
}

/// A person, as a webhook shows them to the business beside an update.
struct Contact: Hashable, Sendable {
    var name: String?
    /// The number; a person with a user name may show none.
    var waID: String?
    var userID: String?

    /// A business-scoped user id: made of the number here, unrelated to it at Meta.
    static func userID(of phone: String) -> String { "US." + String(phone.reversed()) }

    /// The number behind a user id; nil for an id that nobody has.
    static func phone(ofUser id: String) -> String? {
        guard id.hasPrefix("US.") else { return nil }
        return PhoneNumber(waID: String(id.dropFirst(3).reversed()))?.digits
    }
}
