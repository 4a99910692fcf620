import CLinux
import Glibc
public import Loop

/// An address to listen on or a peer's address: IPv4 or IPv6, with a port.
@safe public struct SocketAddress: Sendable, CustomStringConvertible {
    /// Large enough for both families, unlike `sockaddr_storage` no larger: one is in every request.
    private var storage = sockaddr_in6()
    private var length = socklen_t(MemoryLayout<sockaddr_in6>.size)

    /// Parses `host:port` with a literal address or `localhost`: `127.0.0.1:8080`, `[::1]:8080`.
    ///
    /// Names are not resolved: what a server listens on should not depend on a resolver.
    public init?(_ text: String) {
        // Digits alone: `UInt16` takes a sign, and C ends a text at a NUL.
        guard !text.utf8.contains(0), let colon = text.lastIndex(of: ":"),
            text[text.index(after: colon)...].utf8.allSatisfy({ 0x30...0x39 ~= $0 }),
            let port = UInt16(text[text.index(after: colon)...])
        else { return nil }
        var host = String(text[..<colon])
        if host == "localhost" { host = "127.0.0.1" }
        if host.hasPrefix("["), host.hasSuffix("]") {
            self.init(ipv6: String(host.dropFirst().dropLast()), port: port)
        } else {
            self.init(ipv4: host, port: port)
        }
    }

    private init?(ipv4 host: String, port: UInt16) {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        guard unsafe inet_pton(AF_INET, host, &address.sin_addr) == 1 else { return nil }
        unsafe withUnsafeMutableBytes(of: &storage) {
            unsafe $0.storeBytes(of: address, as: sockaddr_in.self)
        }
        length = socklen_t(MemoryLayout<sockaddr_in>.size)
    }

    private init?(ipv6 host: String, port: UInt16) {
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        guard unsafe inet_pton(AF_INET6, host, &address.sin6_addr) == 1 else { return nil }
        unsafe withUnsafeMutableBytes(of: &storage) {
            unsafe $0.storeBytes(of: address, as: sockaddr_in6.self)
        }
        length = socklen_t(MemoryLayout<sockaddr_in6>.size)
    }

    /// An address that a system call fills in.
    init() {}

    var family: Int32 { Int32(storage.sin6_family) }

    /// The port, in host order.
    public var port: UInt16 {
        // sin_port and sin6_port stand at the same place.
        unsafe withUnsafeBytes(of: storage) {
            unsafe UInt16(bigEndian: $0.load(fromByteOffset: 2, as: UInt16.self))
        }
    }

    /// The address without its port, such as `127.0.0.1` or `2001:db8::1`.
    public var host: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let offset = family == AF_INET6 ? 8 : 4
        unsafe withUnsafeBytes(of: storage) { bytes in
            _ = unsafe inet_ntop(
                family, bytes.baseAddress?.advanced(by: offset), &text, socklen_t(text.count))
        }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// The address without its port, as a value.
    public var ip: IPAddress {
        // `sin_addr` and `sin6_addr` stand there (netinet/in.h).
        let range = family == AF_INET6 ? 8..<24 : 4..<8
        return unsafe withUnsafeBytes(of: storage) { unsafe IPAddress(bytes: $0[range]) }
    }

    /// Whether the address is this machine's own: 127.0.0.0/8, ::1, or the former written as IPv6.
    public var isLoopback: Bool {
        if family == AF_INET { return host.hasPrefix("127.") }
        return family == AF_INET6 && (host == "::1" || host.hasPrefix("::ffff:127."))
    }

    /// `host:port`, with brackets around an IPv6 host.
    public var description: String {
        family == AF_INET6 ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// Calls a system function that reads the address.
    func reading<T>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> T) -> T {
        unsafe withUnsafePointer(to: storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, length)
            }
        }
    }

    /// Calls a system function that fills the address in.
    mutating func filling<T>(
        _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> T
    ) -> T {
        length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        return unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, &length)
            }
        }
    }
}
