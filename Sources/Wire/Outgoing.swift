/// The bytes that a connection still has to send; holds no buffer once all are gone.
package struct Outgoing {
    private var bytes: [UInt8] = []
    private var sent = 0
    /// How many bytes were ever sent, and had to be when the peer was last given time.
    private var sentInAll = 0
    private var mark = 0

    /// How many bytes that are sent may stay at the front of the buffer.
    private static let slack = 64 << 10

    package var count: Int { bytes.count - sent }

    package var isEmpty: Bool { sent == bytes.count }

    /// How many bytes are kept, those that are sent included.
    package var held: Int { bytes.count }

    package init() {}

    package mutating func queue(_ append: (inout [UInt8]) -> Void) {
        append(&bytes)
    }

    /// Sends what the kernel takes now; false when the connection broke.
    package mutating func send(over transport: Transport) -> Bool {
        guard !isEmpty else { return true }
        switch transport.send(bytes.span.extracting(sent...)) {
        case .bytes(let count):
            sent += count
            sentInAll &+= count
        case .wait: break
        case .end, .failed: return false
        }
        if isEmpty {
            bytes = []
            sent = 0
        } else if sent > Self.slack {
            // A peer that reads on and on must not let what it has read pile up here.
            bytes.removeFirst(sent)
            sent = 0
        }
        return true
    }

    /// Whether all that waited at the last call has left, or anything if nothing waited: then what waits
    /// now has its own time.
    package mutating func hasMovedOn() -> Bool {
        guard sentInAll >= mark else { return false }
        mark = sentInAll &+ max(count, 1)
        return true
    }
}
