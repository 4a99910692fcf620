import Loop

/// What was sent and what was answered under load, and everything that did not keep its promise.
final class Ledger: Sendable {
    /// What is counted.
    enum Count: Int, CaseIterable, Sendable {
        /// Requests that were begun.
        case sent
        /// Requests that got no reply, or only a part of it.
        case unanswered
        /// Requests that were told to come again (503).
        case putOff
        /// Requests that failed, as they had to.
        case refused
        /// Taps on messages of logins that had failed.
        case lateTaps
        case initiated, tapped, confirmed, denied, collected, refreshed, renamed, loggedOut
        /// Logins whose page never asked again until the end; they are counted with the others, too.
        case leftPending
        /// Refreshes whose repetition came later than the contract allows, for want of processor time.
        case late
        /// Checks at the end, or when a promise had become old.
        case checked
    }

    private struct State {
        var counts = [Int](repeating: 0, count: Count.allCases.count)
        var lost: [String] = []
    }

    private let state = Locked(State())

    subscript(_ count: Count) -> Int { state.withLock { $0.counts[count.rawValue] } }

    /// How many requests were answered.
    var answered: Int { self[.sent] - self[.unanswered] }

    /// The promises that were not kept, in words.
    var lost: [String] { state.withLock { $0.lost } }

    func add(_ count: Count) { state.withLock { $0.counts[count.rawValue] += 1 } }

    func lose(_ what: String) { state.withLock { $0.lost.append(what) } }

    func expect(_ isKept: Bool, _ what: @autoclosure () -> String) {
        add(.checked)
        if !isKept { lose(what()) }
    }

    /// What was counted, in one line.
    var summary: String {
        let counts = Count.allCases.filter { self[$0] > 0 }.map { "\($0) \(self[$0])" }
        return counts.joined(separator: ", ") + ", lost \(lost.count)"
    }
}
