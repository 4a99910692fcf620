/// A binary min-heap of moments at which to look at a source.
///
/// Deadlines move with every request, so an entry is not moved with them: it fires at the moment it
/// was made for, and the loop then looks whether the source's deadline has really come. A connection
/// costs one entry, and extending its deadline costs a store.
package struct Timers {
    package struct Entry {
        package let moment: Moment
        package let id: SourceID
    }

    private var heap: [Entry] = []

    package init() {}

    package var isEmpty: Bool { heap.isEmpty }

    package var next: Moment? { heap.first?.moment }

    package var count: Int { heap.count }

    package mutating func insert(_ moment: Moment, _ id: SourceID) {
        heap.append(Entry(moment: moment, id: id))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].moment < heap[parent].moment else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    /// Removes and returns the earliest entry if its moment has come.
    package mutating func pop(due now: Moment) -> Entry? {
        guard let first = heap.first, first.moment <= now else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return first }
        heap[0] = last
        siftDown()
        return first
    }

    /// Drops the entries that nobody needs any more: those of sources that have gone.
    package mutating func compact(keeping isNeeded: (Entry) -> Bool) {
        let needed = heap.filter(isNeeded)
        heap.removeAll(keepingCapacity: false)
        for entry in needed { insert(entry.moment, entry.id) }
    }

    private mutating func siftDown() {
        var parent = 0
        while true {
            let left = 2 * parent + 1
            guard left < heap.count else { return }
            let right = left + 1
            let child =
                right < heap.count && heap[right].moment < heap[left].moment ? right : left
            guard heap[child].moment < heap[parent].moment else { return }
            heap.swapAt(child, parent)
            parent = child
        }
    }
}
