/// What was recorded of one event.
public struct AuditRecord: Sendable {
    /// Where it stands among all records.
    let id: Int

    /// When it happened.
    public let at: Timestamp

    /// What happened: the name of an `AuditEvent`, perhaps of another version's.
    public let event: String

    /// Whose number, masked.
    public let phone: String?

    /// Whose account.
    public let user: UserID?

    /// Which login.
    public let login: LoginID?

    /// Which tokens.
    public let family: FamilyID?

    /// The request that it came with: of the page, of the webhook, of the WebSocket.
    public let request: String?

    /// What else there is to say.
    public let detail: String?
}

extension AuditRecord {
    /// A line for people.
    public var line: String {
        var parts = [at.iso8601, event]
        let named: [(name: String, value: String?)] = [
            ("user", user?.description), ("login", login?.description),
            ("sid", family?.description), ("request", request),
        ]
        if let phone { parts.append(phone) }
        for case (let name, let value?) in named { parts.append("\(name)=\(value)") }
        if let detail { parts.append("(\(detail))") }
        return parts.joined(separator: "  ")
    }

    /// Writes its members.
    public func write(to writer: inout JSONWriter) {
        writer.member("time", at.iso8601)
        writer.member("event", event)
        writer.member("phoneNumber", phone)
        writer.member("userId", user?.description)
        writer.member("login", login?.description)
        writer.member("sid", family?.description)
        writer.member("request", request)
        writer.member("detail", detail)
    }
}
