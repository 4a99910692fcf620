import Loop
import OTPless

/// A clock that stands still until a test moves it.
final class TestClock: WallClock {
    private let time: Locked<Timestamp>

    init(_ time: Timestamp = Timestamp(seconds: 1_800_000_000)) {
        self.time = Locked(time)
    }

    var now: Timestamp { time.withLock { $0 } }

    func set(_ new: Timestamp) { time.withLock { $0 = new } }

    func advance(by duration: Duration) { time.withLock { $0 = $0 + duration } }
}
