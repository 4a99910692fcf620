import Foundation

/// Numbers that are the same in every run with the same seed (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
    /// `OTPLESS_TEST_SEED`, or another one in each run; a test that uses it prints it.
    static let seed: UInt64 =
        ProcessInfo.processInfo.environment["OTPLESS_TEST_SEED"].flatMap { UInt64($0) }
        ?? .random(in: 1...999_999)

    private var state: UInt64

    /// Numbers of their own for each user of the seed.
    init(_ user: Int) {
        state = Self.seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(truncatingIfNeeded: user)
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// Whether this time the one of so many cases is to happen.
    mutating func oneIn(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }
}
