import Loop
import OTPless

/// A clock that a test moves.
final class TestClock: WallClock {
    private let time = Locked(Timestamp(seconds: 1_795_200_000))

    var now: Timestamp { time.withLock { $0 } }

    func advance(by duration: Duration) { time.withLock { $0 = $0 + duration } }
}
