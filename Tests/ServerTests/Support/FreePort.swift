import Glibc
import Synchronization

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
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_INET, type, 0)
        defer { close(descriptor) }
        return unsafe LoopbackAddress.with(port) { unsafe bind(descriptor, $0, $1) } == 0
    }
}
