/// What other threads ask a loop to do: bounded, taken in one batch a turn.
public final class Mailbox: Sendable {
    /// Work for the loop; it must not block.
    public typealias Letter = @Sendable (isolated EventLoop) -> Void

    private let letters = Locked<[Letter]>([])
    private let capacity: Int

    init(capacity: Int = 65_536) {
        self.capacity = capacity
    }

    /// Puts a letter in and tells whether it is the first one (the loop must be woken); nil when full.
    func put(_ letter: @escaping Letter) -> Bool? {
        letters.withLock { letters in
            guard letters.count < capacity else { return nil }
            letters.append(letter)
            return letters.count == 1
        }
    }

    /// How many wait.
    var count: Int { letters.withLock { $0.count } }

    func takeAll() -> [Letter] {
        letters.withLock { letters in
            guard !letters.isEmpty else { return [] }
            let taken = letters
            letters.removeAll(keepingCapacity: false)
            return taken
        }
    }
}
