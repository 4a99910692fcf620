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
        for _ in 0..<2000 {
            let candidate = last.add(1, ordering: .relaxed).newValue
            let port = 20_000 + candidate % 12_000
            if reserve(port), isFree(port) { return port }
        }
        throw Fault("no free port")
    }

    private static func isFree(_ port: UInt16) -> Bool {
        let descriptor = Loopback.makeSocket()
        defer { close(descriptor) }
        return Loopback.bind(descriptor, to: port)
    }

    /// Keeps a port from other test runs on this machine, until this process ends: a name of the
    /// abstract namespace (unix(7)), which goes with its socket.
    private static func reserve(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = Array("\0otpless-test-\(port)".utf8)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
        let length = MemoryLayout<sa_family_t>.size + name.count
        let isReserved = unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, socklen_t(length)) == 0
            }
        }
        if !isReserved { close(descriptor) }
        return isReserved
    }
}
