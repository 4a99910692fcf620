import Loop

/// How much a client does at once, and how much may wait.
package struct TransferLimits: Sendable {
    /// How many transfers may be in flight: a provider that hangs must not take all descriptors.
    package var atOnce = 128

    /// How many more may wait for their turn.
    package var waiting = 10_000

    /// A transfer that has waited longer is refused when its turn comes.
    package var patience = Duration.seconds(2)

    package init() {}
}

/// Transfers that wait for their turn, in the order in which they came.
struct TransferQueue {
    /// Nil where one has gone.
    private var places: [(transfer: Transfer, since: Moment)?] = []
    private var head = 0

    var count: Int { places.count - head }

    /// The one that has waited longest.
    var first: (transfer: Transfer, since: Moment)? { head < places.count ? places[head] : nil }

    mutating func append(_ transfer: Transfer, at moment: Moment) {
        places.append((transfer, moment))
    }

    mutating func removeFirst() {
        places[head] = nil
        head += 1
        // Moving the others up each time would take as long as there are others.
        guard head > places.count / 2 else { return }
        places.removeFirst(head)
        head = 0
    }

    /// The one that came last.
    mutating func removeLast() -> Transfer? {
        count > 0 ? places.removeLast()?.transfer : nil
    }
}
