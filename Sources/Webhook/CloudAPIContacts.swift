import OTPless

/// What the contacts beside messages tell of their senders.
///
/// Read once for all messages of a change: a delivery may have a thousand of each.
struct CloudAPIContacts {
    private struct Entry {
        let userID: String?
        let identityHash: String?
    }

    private var byPhone: [String: Entry] = [:]
    private var byUser: [String: Entry] = [:]

    init(_ value: JSONValue?) {
        guard let value else { return }
        for contact in value.elements {
            let userID = contact["user_id"]?.string
            let entry = Entry(
                userID: userID, identityHash: contact["identity_key_hash"]?.string)
            if let waID = contact["wa_id"]?.string { byPhone[waID] = entry }
            if let userID { byUser[userID] = entry }
        }
    }

    /// Who a message comes from; nil when it names nobody.
    func sender(of message: JSONValue) -> Sender? {
        let system = message["system"]
        let waID = message["from"]?.string
        // Of a user id that has changed, the one that is known.
        let userID = system?["previous_user_id"]?.string ?? message["from_user_id"]?.string
        guard waID != nil || userID != nil else { return nil }
        let contact = waID.flatMap { byPhone[$0] } ?? userID.flatMap { byUser[$0] }
        return Sender(
            waID: waID, userID: userID ?? contact?.userID,
            identityHash: contact?.identityHash ?? system?["identity"]?["hash"]?.string)
    }
}
