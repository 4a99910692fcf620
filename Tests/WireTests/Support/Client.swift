import Glibc
import Loop
import Wire

/// A client of one connection: sends what it is told, right or wrong.
///
/// It waits on a thread of its own, so that a test never holds up the pool, and at most 30 s, so that
/// a server that hangs fails the test.
final class Client {
    enum Fault: Error {
        case timeout
        case endedEarly
        case reset
        case system(Int32)
    }

    private let descriptor: Int32
    private var isOpen = true
    var buffer: [UInt8] = []

    /// A small receive buffer makes the peer feel a client that does not read.
    init(port: UInt16, receiveBuffer: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if let receiveBuffer { set(SO_RCVBUF, receiveBuffer) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Fault.system(errno) }
    }

    deinit {
        if isOpen { close(descriptor) }
    }

    private func set(_ option: Int32, _ value: Int32) {
        var value = value
        unsafe setsockopt(
            descriptor, SOL_SOCKET, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { bytes in
                unsafe Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Fault.system(errno) }
            rest = rest.dropFirst(count)
        }
    }

    /// Says that nothing more will be sent, and still listens.
    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Breaks the connection off, as a crashed phone does.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(
            descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        isOpen = false
        close(descriptor)
    }

    /// Whether the peer has said something or ended the connection.
    var hasHeard: Bool { condition(POLLIN) != 0 }

    /// Whether the peer has broken the connection off, be there unread bytes or not.
    var isBroken: Bool { condition(0) & (POLLERR | POLLHUP) != 0 }

    private func condition(_ events: Int32) -> Int32 {
        var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        _ = unsafe poll(&entry, 1, 0)
        return Int32(entry.revents)
    }

    /// Reads a byte of what is there.
    func sip() {
        var byte: UInt8 = 0
        _ = unsafe recv(descriptor, &byte, 1, Int32(MSG_DONTWAIT))
    }

    /// The next bytes; none at the end.
    func receive() async throws -> [UInt8] {
        let descriptor = descriptor
        let result = await withCheckedContinuation { continuation in
            let thread = try? Thread(name: "client") {
                continuation.resume(returning: Self.wait(descriptor))
            }
            if thread == nil { continuation.resume(returning: .failure(.system(EAGAIN))) }
        }
        return try result.get()
    }

    private static func wait(_ descriptor: Int32) -> Result<[UInt8], Fault> {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&entry, 1, 30_000) == 1 else { return .failure(.timeout) }
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        let count = unsafe recv(descriptor, &bytes, bytes.count, 0)
        if count < 0 { return .failure(errno == ECONNRESET ? .reset : .system(errno)) }
        return .success(Array(bytes.prefix(count)))
    }

    /// Reads on to the end and returns what came, whether the peer ended or broke the connection.
    func rest() async throws -> [UInt8] {
        do {
            while true {
                let bytes = try await receive()
                if bytes.isEmpty { break }
                buffer += bytes
            }
        } catch Fault.reset {}
        defer { buffer = [] }
        return buffer
    }

    /// Waits for so many bytes and takes them.
    func take(_ count: Int) async throws -> [UInt8] {
        while buffer.count < count {
            let bytes = try await receive()
            guard !bytes.isEmpty else { throw Fault.endedEarly }
            buffer += bytes
        }
        defer { buffer.removeFirst(count) }
        return Array(buffer.prefix(count))
    }
}
