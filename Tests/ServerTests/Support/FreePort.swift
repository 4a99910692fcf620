import Glibc
import Synchronization
import TestSupport

/// Ports nobody listens on.
///
/// Below the range from which the system takes the ports of outgoing connections (32768 and up): one
/// of those could take a port between our look and the server's bind, or while a server restarts.
enum FreePort {
    private static let last = Atomic<UInt16>(UInt16(20_000 + getpid() % 100 * 100))

    static func next() throws -> UInt16 {
        for _ in 0..<1000 {
            let candidate = last.add(1, ordering: .relaxed).newValue
            let port = 20_000 + candidate % 12_000
            if isFree(port) { return port }
        }
        throw Fault("no free port")
    }

    private static func isFree(_ port: UInt16) -> Bool {
        let descriptor = Loopback.makeSocket()
        defer { close(descriptor) }
        return Loopback.bind(descriptor, to: port)
    }
}
