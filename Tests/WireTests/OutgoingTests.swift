import Glibc
import Testing
import Wire

struct OutgoingTests {
    @Test func `a peer that reads on and on does not let what it has read pile up`() throws {
        let (socket, peer) = try Self.pair()
        defer {
            close(socket)
            close(peer)
        }
        var outgoing = Outgoing()
        var buffer = [UInt8](repeating: 0, count: 32 << 10)
        var largest = 0
        for _ in 0..<2000 {
            // The queue is never empty, as with a peer that pipelines.
            while outgoing.count < 256 << 10 {
                outgoing.queue { $0 += [UInt8](repeating: 1, count: 9999) }
            }
            let isOpen = outgoing.send(over: .plain(Socket(descriptor: socket)))
            #expect(isOpen)
            _ = unsafe recv(peer, &buffer, buffer.count, 0)
            largest = max(largest, outgoing.held)
        }
        #expect(largest < 1 << 20)
    }

    @Test func `a peer that takes what waited gets its time anew`() throws {
        let (socket, peer) = try Self.pair()
        defer {
            close(socket)
            close(peer)
        }
        var outgoing = Outgoing()
        outgoing.queue { $0 += [UInt8](repeating: 1, count: 4 << 20) }
        let begins = outgoing.hasMovedOn()
        let isOpen = outgoing.send(over: .plain(Socket(descriptor: socket)))
        let goesOn = outgoing.hasMovedOn()
        #expect(begins && isOpen && !outgoing.isEmpty && !goesOn)
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while !outgoing.isEmpty {
            _ = unsafe recv(peer, &buffer, buffer.count, 0)
            guard outgoing.send(over: .plain(Socket(descriptor: socket))) else { break }
        }
        let hasLeft = outgoing.hasMovedOn()
        #expect(hasLeft && outgoing.held == 0)
    }

    @Test func `a plain connection carries nothing for TLS`() {
        #expect(MemoryLayout<Transport>.size == MemoryLayout<UInt>.size)
    }

    private static func pair() throws -> (Int32, Int32) {
        var ends: [Int32] = [0, 0]
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        try #require(unsafe socketpair(AF_UNIX, type, 0, &ends) == 0)
        return (ends[0], ends[1])
    }
}
