import Glibc
import Loop
import TestSupport

/// A connection to a port over which every byte travels alone, in both directions.
///
/// The descriptor belongs to the caller; the threads end with the connection.
func byteByByte(to port: UInt16) throws -> Int32 {
    let server = try Loopback.connect(to: port, patience: .seconds(30))
    var ends: [Int32] = [0, 0]
    guard unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else {
        close(server)
        throw Fault("socketpair: errno \(errno)")
    }
    var on: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    unsafe setsockopt(server, Int32(IPPROTO_TCP), TCP_NODELAY, &on, size)
    let inner = ends[1]
    let back = try Thread(name: "bytes-in") { forward(from: server, to: inner) }
    _ = try Thread(name: "bytes-out") {
        forward(from: inner, to: server)
        back.join()
        close(server)
        close(inner)
    }
    return ends[0]
}

private func forward(from source: Int32, to target: Int32) {
    var byte: UInt8 = 0
    while unsafe recv(source, &byte, 1, 0) == 1,
        unsafe send(target, &byte, 1, Int32(MSG_NOSIGNAL)) == 1
    {}
    shutdown(target, Int32(SHUT_WR))
}
