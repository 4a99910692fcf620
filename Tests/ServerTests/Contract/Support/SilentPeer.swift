import Glibc

/// A server on loopback that lets everybody connect and never says a word.
final class SilentPeer {
    private let descriptor: Int32

    /// The port that the system chose.
    let port: UInt16

    init() throws {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_INET, type, 0)
        self.descriptor = descriptor
        port = try Self.listen(descriptor)
    }

    private static func listen(_ descriptor: Int32) throws -> UInt16 {
        let isBound = unsafe LoopbackAddress.with(0) { unsafe bind(descriptor, $0, $1) } == 0
        guard isBound, Glibc.listen(descriptor, 16) == 0 else {
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
