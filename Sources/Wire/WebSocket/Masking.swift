/// The key that a client's payload is masked with, turned to the next byte.
///
/// Source: RFC 6455 section 5.3.
package struct MaskingKey: Sendable {
    /// The four bytes in the order of use, the next one lowest.
    private var bits: UInt32 = 0

    package init() {}

    /// Takes in the next of the key's four bytes as they come.
    package mutating func append(_ byte: UInt8) {
        bits = bits >> 8 | UInt32(byte) << 24
    }

    /// Appends the unmasked bytes and turns the key by as many.
    ///
    /// Eight bytes at a time: one by one, unmasking would dominate the cost of large messages.
    package mutating func unmask(_ masked: Span<UInt8>, appendingTo out: inout [UInt8]) {
        let start = out.count
        let key = (UInt64(bits) << 32 | UInt64(bits)).littleEndian
        unsafe masked.withUnsafeBufferPointer { unsafe out.append(contentsOf: $0) }
        unsafe out.withUnsafeMutableBytes { bytes in
            // Every access below lies in start..<bytes.count: `masked` was appended just before.
            let words = (bytes.count - start) / 8
            for word in 0..<words {
                let at = start + word * 8
                let value = unsafe bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
                unsafe bytes.storeBytes(of: value ^ key, toByteOffset: at, as: UInt64.self)
            }
            for at in start + words * 8..<bytes.count {
                unsafe bytes[at] ^= UInt8(truncatingIfNeeded: bits >> (8 * ((at - start) % 4)))
            }
        }
        let turn = UInt32(masked.count % 4) * 8
        bits = bits >> turn | bits << ((32 - turn) % 32)
    }
}
