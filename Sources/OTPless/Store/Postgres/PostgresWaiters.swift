import Loop

/// Operations that wait for a connection, in the order in which they came.
struct PostgresWaiters {
    typealias Answer = Result<SourceID, StoreError>
    typealias Waiter = CheckedContinuation<Answer, Never>

    /// Nil where one has gone.
    private var places: [(waiter: Waiter, until: Moment)?] = []
    private var head = 0

    var count: Int { places.count - head }

    /// When the one that has waited longest gives up: all wait for the same time.
    var deadline: Moment? { head < places.count ? places[head]?.until : nil }

    mutating func append(_ waiter: Waiter, until deadline: Moment) {
        places.append((waiter, deadline))
    }

    mutating func removeFirst() -> Waiter? {
        guard head < places.count else { return nil }
        let first = places[head]?.waiter
        places[head] = nil
        head += 1
        // Moving the others up each time would take as long as there are others.
        if head > places.count / 2 {
            places.removeFirst(head)
            head = 0
        }
        return first
    }

    /// Answers all of them.
    mutating func refuse(_ error: StoreError) {
        while let waiter = removeFirst() { waiter.resume(returning: .failure(error)) }
    }
}
