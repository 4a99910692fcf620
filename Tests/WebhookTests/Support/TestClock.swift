import Loop
import OTPless

/// Tells the time it was set to.
final class TestClock: WallClock {
    private let time = Locked(Timestamp(seconds: 1_790_000_000))

    var now: Timestamp { time.withLock { $0 } }

    func advance(by duration: Duration) { time.withLock { $0 = $0 + duration } }
}
