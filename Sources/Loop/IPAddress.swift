import Glibc

/// An IPv4 or IPv6 address; an IPv4 address that is written as IPv6 is that IPv4 address.
public struct IPAddress: Hashable, Sendable {
    // Two words: with a `UInt128` in it, a value that cannot be copied (`Place`) crashes when it is
    // destroyed (Swift 6.3).
    private let high: UInt64
    private let low: UInt64

    /// The 128 bits of an IPv6 address; those of an IPv4 address stand behind `::ffff:0:0/96`.
    var bits: UInt128 { UInt128(high) << 64 | UInt128(low) }

    /// RFC 4291 §2.5.5.2.
    private static let mapped: UInt128 = 0xFFFF << 32

    init(bits: UInt128) {
        high = UInt64(truncatingIfNeeded: bits >> 64)
        low = UInt64(truncatingIfNeeded: bits)
    }

    /// From its bytes in network order, 4 or 16.
    public init(bytes: some Collection<UInt8>) {
        // Word by word: each connection that comes asks for it.
        var (high, low) = (UInt64(0), UInt64(0))
        for byte in bytes {
            high = high << 8 | low >> 56
            low = low << 8 | UInt64(byte)
        }
        self.high = high
        self.low = bytes.count == 4 ? low | UInt64(truncatingIfNeeded: Self.mapped) : low
    }

    /// Parses a literal address without brackets, port and zone: `192.0.2.1`, `2001:db8::1`.
    public init?(_ text: some StringProtocol) {
        // The longest that has a meaning; C ends a text at a NUL.
        guard text.utf8.count <= 45, !text.utf8.contains(0) else { return nil }
        var bytes = [UInt8](repeating: 0, count: 16)
        let isIPv6 = text.utf8.contains(UInt8(ascii: ":"))
        guard unsafe inet_pton(isIPv6 ? AF_INET6 : AF_INET, String(text), &bytes) == 1 else {
            return nil
        }
        self.init(bytes: bytes.prefix(isIPv6 ? 16 : 4))
    }

    /// Whether it is an IPv4 address.
    public var isIPv4: Bool { bits >> 32 == Self.mapped >> 32 }

    /// Whether it is not of the internet: loopback, private use, link local, what carriers share.
    ///
    /// RFC 6890; for IPv6 ::1, unique local (RFC 4193) and link local.
    public var isPrivate: Bool { IPNetwork.ofNobody.contains { $0.contains(self) } }

    /// What tells clients apart: an IPv4 address, or the /64 of an IPv6 address, of which a customer
    /// has all addresses.
    public var client: IPNetwork { IPNetwork(of: self, length: isIPv4 ? 32 : 64) }
}

extension IPAddress: CustomStringConvertible {
    /// The address as it is usually written: `192.0.2.1`, `2001:db8::1` (RFC 5952).
    public var description: String {
        let bytes = (0..<16).map { UInt8(truncatingIfNeeded: bits >> UInt128(120 - 8 * $0)) }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        _ = unsafe inet_ntop(
            isIPv4 ? AF_INET : AF_INET6, Array(bytes.suffix(isIPv4 ? 4 : 16)), &text,
            socklen_t(text.count))
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
