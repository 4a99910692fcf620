/// A device that a user is signed in on: a live login, as its owner sees it.
public struct SignedInDevice: Sendable {
    /// The `sid` of its tokens.
    public let id: FamilyID

    /// `web`, `ios` or `android`, where the client said so.
    public let type: String?

    /// Where the app gets its notifications, where the client said so.
    public let notificationDeviceID: String?

    /// The `User-Agent` header of the client that signed in.
    public let userAgent: String?

    /// The address it signed in from.
    public let ip: String?

    /// When it signed in.
    public let createdAt: Timestamp

    /// When it last refreshed its tokens.
    public let lastUsedAt: Timestamp

    /// Writes its members; `current` is the device that asks.
    public func write(to writer: inout JSONWriter, current: FamilyID) {
        write(to: &writer)
        writer.member("name", name)
        writer.member("current", id == current)
    }

    /// Browser and system, in words of ours alone.
    private var name: String? {
        var device = Login.Device()
        device.userAgent = userAgent
        device.type = type
        return device.name
    }

    /// Writes its members.
    func write(to writer: inout JSONWriter) {
        writer.member("id", id.description)
        writer.member("deviceType", type)
        writer.member("notificationDeviceId", notificationDeviceID)
        writer.member("userAgent", userAgent)
        writer.member("ip", ip)
        writer.member("createdAt", createdAt.seconds)
        writer.member("lastUsedAt", lastUsedAt.seconds)
    }
}
