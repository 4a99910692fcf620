/// The bytes that a connection still has to send; holds no buffer once all are gone.
struct Outgoing {
    private var bytes: [UInt8] = []
    private var sent = 0

    var count: Int { bytes.count - sent }

    var isEmpty: Bool { sent == bytes.count }

    mutating func queue(_ append: (inout [UInt8]) -> Void) {
        append(&bytes)
    }

    /// Sends what the kernel takes now; false when the connection broke.
    mutating func send(over socket: Socket) -> Bool {
        guard !isEmpty else { return true }
        switch socket.send(bytes.span.extracting(sent...)) {
        case .bytes(let count): sent += count
        case .wait: break
        case .end, .failed: return false
        }
        if isEmpty { self = Outgoing() }
        return true
    }
}
