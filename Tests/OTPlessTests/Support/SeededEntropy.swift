import Loop
import OTPless
import TestSupport

extension Entropy {
    /// The same bytes in every run for the same seed.
    static func seeded(_ seed: UInt64 = 1) -> Entropy {
        let numbers = Locked(SeededNumbers(seed))
        return Entropy { count in
            numbers.withLock { numbers in
                (0..<count).map { _ in UInt8(truncatingIfNeeded: numbers.next()) }
            }
        }
    }
}
