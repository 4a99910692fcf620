/// A block of IP addresses that begin alike (RFC 4632, RFC 4291 §2.3).
public struct IPNetwork: Hashable, Sendable {
    private let first: IPAddress
    /// How many leading bits are the same, of the 128 that `IPAddress` has.
    private let length: UInt8

    /// The block of that length, of 32 or 128, around an address.
    init(of address: IPAddress, length: Int) {
        let length = address.isIPv4 ? length + 96 : length
        self.length = UInt8(length)
        first = IPAddress(bits: address.bits & Self.mask(length))
    }

    /// Parses an address, or CIDR: `192.0.2.1`, `10.0.0.0/8`, `2001:db8::/32`.
    ///
    /// Nil for a block with bits behind its prefix, such as `10.0.0.1/8`: who writes that means
    /// something else.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = IPAddress(parts[0]) else { return nil }
        let most = parts[0].contains(":") ? 128 : 32
        guard parts.count == 2 else {
            self.init(of: address, length: address.isIPv4 ? 32 : 128)
            return
        }
        // Digits alone: `Int` takes a sign.
        guard 1...3 ~= parts[1].utf8.count, parts[1].utf8.allSatisfy({ 0x30...0x39 ~= $0 }),
            parts[1] == "0" || !parts[1].hasPrefix("0"), let written = Int(parts[1]),
            written <= most
        else { return nil }
        // An IPv4 block that is written as IPv6 counts the 96 bits before it.
        let length = address.isIPv4 && most == 128 ? written - 96 : written
        guard length >= 0 else { return nil }
        self.init(of: address, length: length)
        guard first == address else { return nil }
    }

    /// Whether an address is of this block.
    public func contains(_ address: IPAddress) -> Bool {
        (address.bits ^ first.bits) & Self.mask(Int(length)) == 0
            // `::/0` is all of IPv6, and not of IPv4.
            && address.isIPv4 == first.isIPv4
    }

    /// Whether it is all addresses of a family.
    public var isEverything: Bool { length == (first.isIPv4 ? 96 : 0) }

    private static func mask(_ length: Int) -> UInt128 {
        length == 0 ? 0 : UInt128.max << UInt128(128 - length)
    }

    /// The blocks that are not of the internet.
    static let ofNobody = [
        "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16",
        "100.64.0.0/10", "::/64", "fc00::/7", "fe80::/10",
    ].compactMap { IPNetwork($0) }
}

extension IPNetwork: CustomStringConvertible {
    /// A single address as itself, a block as CIDR.
    public var description: String {
        if length == 128 { return "\(first)" }
        return "\(first)/\(first.isIPv4 ? length - 96 : length)"
    }
}
