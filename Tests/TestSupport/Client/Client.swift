import Glibc
import Loop

/// A client of one connection: sends what it is told, right or wrong.
///
/// It waits on a thread of its own, so that a test never holds up the pool, and at most 30 s, so that
/// a server that hangs fails the test.
package final class Client {
    package enum Fault: Error {
        case timeout
        case endedEarly
        case reset
        case system(Int32)
    }

    private let descriptor: Int32
    private var isOpen = true
    private var buffer: [UInt8] = []

    /// A small receive buffer makes the peer feel a client that does not read.
    package init(port: UInt16, receiveBuffer: Int32? = nil) throws {
        descriptor = try Loopback.connect(
            to: port, patience: .seconds(30), receiveBuffer: receiveBuffer)
    }

    deinit {
        if isOpen { close(descriptor) }
    }

    package func send(_ text: String) throws { try send(Array(text.utf8)) }

    package func send(_ bytes: [UInt8]) throws {
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
    package func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Breaks the connection off, as a crashed phone does.
    package func reset() {
        Loopback.breakOffAtClose(descriptor)
        isOpen = false
        close(descriptor)
    }

    /// Whether the peer has said something or ended the connection.
    package var hasHeard: Bool { condition(POLLIN) != 0 }

    /// Whether the peer has broken the connection off, be there unread bytes or not.
    package var isBroken: Bool { condition(0) & (POLLERR | POLLHUP) != 0 }

    private func condition(_ events: Int32) -> Int32 {
        var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        _ = unsafe poll(&entry, 1, 0)
        return Int32(entry.revents)
    }

    /// Reads a byte of what is there.
    package func sip() {
        var byte: UInt8 = 0
        _ = unsafe recv(descriptor, &byte, 1, Int32(MSG_DONTWAIT))
    }

    /// The next bytes; none at the end.
    package func receive() async throws -> [UInt8] {
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
    package func rest() async throws -> [UInt8] {
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
    package func take(_ count: Int) async throws -> [UInt8] {
        while buffer.count < count {
            let bytes = try await receive()
            guard !bytes.isEmpty else { throw Fault.endedEarly }
            buffer += bytes
        }
        defer { buffer.removeFirst(count) }
        return Array(buffer.prefix(count))
    }
}
