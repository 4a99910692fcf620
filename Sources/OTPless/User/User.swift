/// Names a user; the `sub` of the user's access tokens.
public typealias UserID = Identifier<User>

/// A person who has proved a phone number.
public struct User: Hashable, Sendable {
    /// The id clients see.
    public let id: UserID

    /// The proved number.
    public let phone: PhoneNumber

    /// What the person wants to be called, if anything was said.
    public var name: String?

    /// When the first login was confirmed.
    public let createdAt: Timestamp

    /// A user as stored.
    public init(id: UserID, phone: PhoneNumber, name: String?, createdAt: Timestamp) {
        self.id = id
        self.phone = phone
        self.name = name
        self.createdAt = createdAt
    }

    /// Writes the members that clients see: `id`, `phoneNumber`, `name` (or null), `createdAt`.
    public func write(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.member("phoneNumber", phone.e164)
        writer.member("name", name)
        writer.member("createdAt", createdAt.seconds)
    }
}
