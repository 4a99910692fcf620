/// Something the loop watches: a connection, a listener, a signal descriptor, a library's sockets.
///
/// Runs on: its loop, synchronously; what it does must not block.
public protocol Source: AnyObject {
    /// The descriptor is ready. Level-triggered: what is left over is reported again.
    func ready(_ readiness: Readiness, on loop: isolated EventLoop)

    /// The deadline set with `setDeadline` has come; none is set any more.
    func deadlinePassed(on loop: isolated EventLoop)
}

extension Source {
    /// Sources without a deadline need not say what happens when it passes.
    public func deadlinePassed(on loop: isolated EventLoop) {}
}

/// Names one source of one loop for as long as it lives; a reused slot has another generation.
public struct SourceID: Hashable, Sendable {
    let slot: UInt32
    let generation: UInt32

    /// The form in which epoll carries it.
    var token: UInt64 { UInt64(generation) << 32 | UInt64(slot) }

    package init(slot: UInt32, generation: UInt32) {
        self.slot = slot
        self.generation = generation
    }

    init(token: UInt64) {
        self.init(slot: UInt32(truncatingIfNeeded: token), generation: UInt32(token >> 32))
    }
}

/// The loop's sources by slot, with the one deadline that each may have.
struct SourceTable {
    struct Entry {
        var generation: UInt32 = 1
        var descriptor: Int32 = -1
        var interest: Readiness = []
        var source: (any Source)?
        var deadline = Moment.never
        /// The earliest moment at which the timer heap will look here.
        var armed = Moment.never
    }

    private var entries: [Entry] = []
    private var free: [UInt32] = []
    private(set) var count = 0

    /// The live entry of an id, or nil when the source has gone.
    subscript(id: SourceID) -> Entry? {
        get {
            let index = Int(id.slot)
            guard index < entries.count, entries[index].generation == id.generation,
                entries[index].source != nil
            else { return nil }
            return entries[index]
        }
        set {
            guard let newValue else { return }
            entries[Int(id.slot)] = newValue
        }
    }

    mutating func insert(_ source: any Source, descriptor: Int32, interest: Readiness) -> SourceID {
        count += 1
        let slot: UInt32
        if let reused = free.popLast() {
            slot = reused
        } else {
            slot = UInt32(entries.count)
            entries.append(Entry())
        }
        let generation = entries[Int(slot)].generation
        entries[Int(slot)] = Entry(
            generation: generation, descriptor: descriptor, interest: interest, source: source)
        return SourceID(slot: slot, generation: generation)
    }

    mutating func remove(_ id: SourceID) {
        guard self[id] != nil else { return }
        count -= 1
        // Slot reuse wraps after 2^32 connections, long after every stale hint is gone.
        entries[Int(id.slot)] = Entry(generation: id.generation &+ 1)
        free.append(id.slot)
    }

    /// All live ids, for shutdown.
    var ids: [SourceID] {
        entries.indices.compactMap { index in
            entries[index].source == nil
                ? nil : SourceID(slot: UInt32(index), generation: entries[index].generation)
        }
    }
}
