import COpenSSL
package import Loop

/// A key that seals and the one before it, which still opens.
///
/// A stolen key opens what was recorded of TLS 1.2 while it was in use, so none is used for long.
package struct TicketKeys {
    package struct Key: Equatable, Sendable {
        package let name: [UInt8]
        let cipher: [UInt8]
        let mac: [UInt8]
        let birth: Moment

        static let nameLength = 16

        /// Nil when there is no randomness to be had.
        init?(at now: Moment) {
            var bytes = [UInt8](repeating: 0, count: Self.nameLength + 64)
            guard unsafe RAND_bytes(&bytes, Int32(bytes.count)) == 1 else { return nil }
            name = Array(bytes[..<Self.nameLength])
            cipher = Array(bytes[Self.nameLength...].prefix(32))
            mac = Array(bytes.suffix(32))
            birth = now
        }
    }

    /// How long a key seals, and then opens for as long again; a ticket is good for 2 hours.
    package static let term = Duration.seconds(8 * 3600)

    /// The newest first, at most two.
    private var keys: [Key] = []

    package init() {}

    /// The key for a new ticket.
    package mutating func sealing(at now: Moment) -> Key? {
        if let key = keys.first, now < key.birth + Self.term { return key }
        guard let key = Key(at: now) else { return nil }
        keys = [key] + keys.prefix(1)
        return key
    }

    /// The key of a ticket, and whether the client should get a new one for it.
    package func opening(_ name: [UInt8], at now: Moment) -> (Key?, isOld: Bool) {
        let key = keys.first { $0.name == name && now < $0.birth + Self.term * 2 }
        return (key, key.map { now >= $0.birth + Self.term } ?? false)
    }
}
