import Loop

/// Counts the connections of a server, over all its loops, and says when there are enough.
package final class Admission: Sendable {
    /// How many there are, and how many of each client.
    private struct Count {
        var total = 0
        var perClient: [IPNetwork: Int] = [:]
    }

    private let limits: ConnectionLimits
    private let count = Locked(Count())

    package init(_ limits: ConnectionLimits) {
        self.limits = limits
    }

    /// How many places are taken.
    package var taken: Int { count.withLock { $0.total } }

    /// Whether nobody gets in, wherever they come from.
    var isFull: Bool { taken >= limits.total }

    /// How many clients are told apart now.
    package var clients: Int { count.withLock { $0.perClient.count } }

    /// A place for a connection from that address; nil when there is none, or when the client has its share.
    package func place(for peer: SocketAddress) -> Place? {
        let client = limits.perClient == .max ? nil : Self.client(at: peer.ip)
        let isAdmitted = count.withLock { count in
            guard count.total < limits.total else { return false }
            if let client {
                let own = count.perClient[client, default: 0]
                guard own < limits.perClient else { return false }
                count.perClient[client] = own + 1
            }
            count.total += 1
            return true
        }
        return isAdmitted ? Place(of: client, in: self) : nil
    }

    /// Nil for addresses that are not of the internet: there may be a proxy behind one.
    private static func client(at address: IPAddress) -> IPNetwork? {
        address.isPrivate ? nil : address.client
    }

    fileprivate func leave(_ client: IPNetwork?) {
        count.withLock { count in
            count.total -= 1
            guard let client, let own = count.perClient[client] else { return }
            count.perClient[client] = own > 1 ? own - 1 : nil
        }
    }
}

/// The place that a connection takes up; free again, once, when the connection lets go of it.
package struct Place: ~Copyable {
    private let client: IPNetwork?
    private let admission: Admission

    fileprivate init(of client: IPNetwork?, in admission: Admission) {
        self.client = client
        self.admission = admission
    }

    deinit { admission.leave(client) }
}
