import CLinux
import Glibc

/// Where random bytes come from: the kernel, or a test's fixed sequence.
public struct Entropy: Sendable {
    private let fill: @Sendable (Int) -> [UInt8]

    /// A source that returns that many bytes for each call.
    public init(_ fill: @escaping @Sendable (Int) -> [UInt8]) {
        self.fill = fill
    }

    /// That many random bytes.
    public func bytes(_ count: Int) -> [UInt8] { fill(count) }

    /// The kernel's generator: fit for secrets, and without a failure to handle once booted.
    public static let system = Entropy { count in
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let more = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe getrandom(
                    buffer.baseAddress?.advanced(by: filled), count - filled, 0)
            }
            // EINTR is the only failure left for a valid buffer and no flags (getrandom(2)).
            if more > 0 { filled += more }
        }
        return bytes
    }
}
