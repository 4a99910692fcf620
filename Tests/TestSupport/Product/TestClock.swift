import Loop
package import OTPless

/// A clock that stands still until a test moves it.
package final class TestClock: WallClock {
    private let time: Locked<Timestamp>

    package init(_ time: Timestamp = Timestamp(seconds: 1_800_000_000)) {
        self.time = Locked(time)
    }

    package var now: Timestamp { time.withLock { $0 } }

    package func set(_ new: Timestamp) { time.withLock { $0 = new } }

    package func advance(by duration: Duration) { time.withLock { $0 = $0 + duration } }
}
