/// A signature of ES256 (RFC 7518 §3.4): r and s, 32 bytes each, the most significant first.
///
/// With (r, s) also (r, n - s) is a signature of the same message, which anybody can work out. A token
/// is to have one form only, so the one whose s is at most n / 2 is written, and no other is accepted.
struct ECDSASignature: Equatable, Sendable {
    /// The count of bytes of both numbers.
    static let length = 64

    /// r and behind it s.
    let bytes: [UInt8]

    /// The order of P-256 (SEC 2 §2.4.2), and its half.
    private static let order: [UInt8] =
        [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0] + [UInt8](repeating: 0xFF, count: 8) + [
            0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63,
            0x25, 0x51,
        ]
    private static let halfOfOrder = order.indices.map { index in
        order[index] >> 1 | (index == 0 ? 0 : order[index - 1] << 7)
    }

    /// Reads what a token carries; nil unless it has 64 bytes.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.length else { return nil }
        self.bytes = bytes
    }

    /// Reads what OpenSSL writes: a DER sequence of two integers (RFC 3279 §2.2.3).
    init?(der: [UInt8]) {
        // Two integers of P-256 take 70 bytes at most: lengths are one byte each.
        guard der.count >= 2, der[0] == 0x30, Int(der[1]) == der.count - 2 else { return nil }
        var rest = der[2...]
        guard let r = Self.integer(&rest), let s = Self.integer(&rest), rest.isEmpty else {
            return nil
        }
        bytes = r + s
    }

    private static func integer(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        guard rest.popFirst() == 0x02, let count = rest.popFirst(), count <= rest.count else {
            return nil
        }
        let number = rest.prefix(Int(count)).drop { $0 == 0 }
        rest = rest.dropFirst(Int(count))
        guard number.count <= 32 else { return nil }
        return [UInt8](repeating: 0, count: 32 - number.count) + number
    }

    /// The DER form that OpenSSL verifies.
    var der: [UInt8] {
        let integers = Self.encoded(bytes[..<32]) + Self.encoded(bytes[32...])
        return [0x30, UInt8(integers.count)] + integers
    }

    /// X.690 §8.3: as few bytes as there can be, and the first bit is the sign.
    private static func encoded(_ number: ArraySlice<UInt8>) -> [UInt8] {
        var bytes = Array(number.drop { $0 == 0 })
        if bytes.first.map({ $0 >= 0x80 }) ?? true { bytes.insert(0, at: 0) }
        return [0x02, UInt8(bytes.count)] + bytes
    }

    /// Whether this is the form of the two that is written and accepted.
    var isCanonical: Bool { !Self.halfOfOrder.lexicographicallyPrecedes(bytes[32...]) }

    /// The same signature in its canonical form.
    var canonical: ECDSASignature { isCanonical ? self : twin }

    /// (r, n - s); s must be less than n, as it is when it verifies.
    var twin: ECDSASignature {
        var difference = [UInt8](repeating: 0, count: 32)
        var borrow = 0
        for index in (0..<32).reversed() {
            let digit = Int(Self.order[index]) - Int(bytes[32 + index]) - borrow
            difference[index] = UInt8(truncatingIfNeeded: digit)
            borrow = digit < 0 ? 1 : 0
        }
        return ECDSASignature(joined: bytes[..<32] + difference)
    }

    private init(joined bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }
}
