/// A 128-bit identifier of one kind of thing, written as a UUID.
///
/// Not a secret. The first 48 bits are the time it was made (RFC 9562 §5.7, version 7), so that new
/// rows land next to each other in an index.
public struct Identifier<Kind>: Hashable, Sendable {
    let high: UInt64
    let low: UInt64

    /// A new identifier, made of the time and 74 random bits.
    public static func make(at time: Timestamp, _ entropy: Entropy) -> Identifier {
        let random = UInt128(bytes: entropy.bytes(16))
        let high = UInt64(truncatingIfNeeded: time.milliseconds) << 16 | 0x7000
        return Identifier(
            high: high | UInt64(truncatingIfNeeded: random >> 64) & 0x0FFF,
            low: UInt64(truncatingIfNeeded: random) & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
    }

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// When it was made, to the millisecond.
    var madeAt: Timestamp { Timestamp(milliseconds: Int64(high >> 16)) }

    /// From its 16 bytes; nil for any other count.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        let value = UInt128(bytes: bytes)
        self.init(
            high: UInt64(truncatingIfNeeded: value >> 64), low: UInt64(truncatingIfNeeded: value))
    }

    /// The 16 bytes, most significant first.
    public var bytes: [UInt8] {
        (0..<16).map { index in
            let word = index < 8 ? high : low
            return UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * (index % 8)))
        }
    }
}

extension Identifier: Comparable {
    /// The one made earlier comes first.
    public static func < (one: Identifier, other: Identifier) -> Bool {
        (one.high, one.low) < (other.high, other.low)
    }
}

extension Identifier: CustomStringConvertible {
    /// The UUID form, lower case: `0192f0c1-8e5a-7c3e-9d2b-3f6a1e0c4b5d`.
    public var description: String {
        var text: [UInt8] = []
        append(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends the UUID form.
    func append(to text: inout [UInt8]) {
        text.reserveCapacity(text.count + 36)
        for digits: Range<UInt64> in [0..<8, 8..<12, 12..<16] {
            append(high, digits, to: &text)
            text.append(UInt8(ascii: "-"))
        }
        append(low, 0..<4, to: &text)
        text.append(UInt8(ascii: "-"))
        append(low, 4..<16, to: &text)
    }

    private func append(_ word: UInt64, _ digits: Range<UInt64>, to text: inout [UInt8]) {
        for digit in digits {
            let value = UInt8(truncatingIfNeeded: word >> (60 - 4 * digit)) & 0xF
            text.append(value < 10 ? 0x30 + value : 0x57 + value)
        }
    }

    /// Reads the lower-case UUID form; nil for anything else.
    public init?(_ text: String) {
        self.init(uuid: text.utf8)
    }

    /// Reads the lower-case UUID form from bytes; nil for anything else.
    public init?(uuid text: some Collection<UInt8>) {
        guard text.count == 36 else { return nil }
        var value: UInt128 = 0
        var position = 0
        for byte in text {
            defer { position += 1 }
            if position == 8 || position == 13 || position == 18 || position == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let digit = Self.digit(byte) else { return nil }
            value = value << 4 | UInt128(digit)
        }
        self.init(
            high: UInt64(truncatingIfNeeded: value >> 64), low: UInt64(truncatingIfNeeded: value))
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}

extension UInt128 {
    fileprivate init(bytes: some Collection<UInt8>) {
        self = bytes.reduce(0) { $0 << 8 | UInt128($1) }
    }
}

extension Identifier {
    /// The lowest identifier that can have been made at a time: ids sort by when they were made.
    static func first(at time: Timestamp) -> Identifier {
        // Before 1970, where a broken clock may stand, nothing was made.
        Identifier(high: UInt64(max(0, time.milliseconds)) << 16, low: 0)
    }
}
