import Glibc

/// What tells clients apart: an IPv4 address, or the /64 of an IPv6 address, of which a customer has
/// all addresses.
package struct ClientNetwork: Hashable, Sendable {
    /// The first 64 bits of an IPv6 address, or an IPv4 address, whose like no IPv6 prefix is.
    private let prefix: UInt64

    /// Nil for addresses that are not of the internet: there may be a proxy behind one.
    package init?(_ address: SocketAddress) {
        let bytes = address.bytes
        let isIPv4 = bytes.count == 4
        let isMapped = bytes.starts(with: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF])
        let significant = isIPv4 ? bytes[...] : isMapped ? bytes[12...] : bytes.prefix(8)
        prefix = significant.reduce(0) { $0 << 8 | UInt64($1) }
        if isIPv4 || isMapped {
            guard !Self.isPrivate(ipv4: UInt32(truncatingIfNeeded: prefix)) else { return nil }
        } else {
            guard !Self.isPrivate(ipv6: prefix) else { return nil }
        }
    }

    /// RFC 6890: loopback, private use, link local, and what carriers share.
    private static func isPrivate(ipv4 address: UInt32) -> Bool {
        let blocks: [(prefix: UInt32, length: UInt32)] = [
            (127 << 24, 8), (10 << 24, 8), (172 << 24 | 16 << 16, 12), (192 << 24 | 168 << 16, 16),
            (169 << 24 | 254 << 16, 16), (100 << 24 | 64 << 16, 10),
        ]
        return blocks.contains { (address ^ $0.prefix) >> (32 - $0.length) == 0 }
    }

    /// Loopback (::1), unique local (fc00::/7, RFC 4193), link local (fe80::/10).
    private static func isPrivate(ipv6 prefix: UInt64) -> Bool {
        prefix == 0 || prefix >> 57 == 0xFC >> 1 || prefix >> 54 == 0xFE80 >> 6
    }
}

extension SocketAddress {
    /// The address in network order, 4 bytes or 16.
    fileprivate var bytes: [UInt8] {
        unsafe reading { pointer, _ in
            let raw = unsafe UnsafeRawPointer(pointer)
            // `sin_addr` and `sin6_addr` stand there (netinet/in.h).
            let (offset, count) = family == AF_INET6 ? (8, 16) : (4, 4)
            return unsafe Array(UnsafeRawBufferPointer(start: raw + offset, count: count))
        }
    }
}
