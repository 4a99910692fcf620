import Foundation
import TestSupport

extension SeededNumbers {
    /// `OTPLESS_TEST_SEED`, or another one in each run; a test that uses it prints it.
    static let seed: UInt64 =
        ProcessInfo.processInfo.environment["OTPLESS_TEST_SEED"].flatMap { UInt64($0) }
        ?? .random(in: 1...999_999)

    /// Numbers of their own for each user of the seed.
    init(user: Int) {
        self.init(Self.seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(truncatingIfNeeded: user))
    }

    /// Whether this time the one of so many cases is to happen.
    mutating func oneIn(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }
}
