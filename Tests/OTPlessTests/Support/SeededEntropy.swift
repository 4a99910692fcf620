import Loop
import OTPless

extension Entropy {
    /// The same bytes in every run for the same seed (SplitMix64).
    static func seeded(_ seed: UInt64 = 1) -> Entropy {
        let generator = SeededBytes(seed)
        return Entropy { generator.next($0) }
    }
}

private final class SeededBytes: Sendable {
    private let state: Locked<UInt64>

    init(_ seed: UInt64) {
        state = Locked(seed)
    }

    func next(_ count: Int) -> [UInt8] {
        state.withLock { state in
            (0..<count).map { _ in
                state &+= 0x9E37_79B9_7F4A_7C15
                var mixed = state
                mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
                mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
                return UInt8(truncatingIfNeeded: mixed ^ mixed >> 31)
            }
        }
    }
}
