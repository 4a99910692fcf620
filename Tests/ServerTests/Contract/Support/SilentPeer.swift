import Glibc
import TestSupport

/// A server on loopback that lets everybody connect and never says a word.
final class SilentPeer {
    private let descriptor: Int32

    /// The port that the system chose.
    let port: UInt16

    init() throws {
        let descriptor = Loopback.makeSocket()
        self.descriptor = descriptor
        port = try Self.listen(descriptor)
    }

    private static func listen(_ descriptor: Int32) throws -> UInt16 {
        guard Loopback.bind(descriptor, to: 0), Glibc.listen(descriptor, 16) == 0 else {
            throw Fault("listen: errno \(errno)")
        }
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, $0, &size)
            }
        }
        guard result == 0 else { throw Fault("getsockname: errno \(errno)") }
        return UInt16(bigEndian: address.sin_port)
    }

    deinit { close(descriptor) }
}
