import Loop
import OTPless
import WSGateway

/// What a server does again and again, unasked.
extension App {
    private static let glance = Duration.milliseconds(250)

    /// Records rejections that are due.
    func startRecordingRejections(on loop: isolated EventLoop) {
        Repeater.start(after: Self.glance, on: loop) { [self] _ in
            if rejections.isDue { await rejections.flush() }
            return Self.glance
        }
    }

    /// Forgets old rows, a small batch at a time, so that no login waits behind a large one.
    func startSweeping(on loop: isolated EventLoop) {
        let rest = Duration.seconds(60)
        Repeater.start(after: rest, on: loop) { [self] _ in
            let now = clock.now
            let rows = try? await store.sweep(at: now)
            let records = try? await store.sweepRecords(olderThan: config.auditRetention, at: now)
            // More may be left when a batch was full: then at once again.
            return (rows ?? 0) + (records ?? 0) > 0 ? .milliseconds(50) : rest
        }
    }

    /// A change that is committed takes its time from a clock that was read before.
    private static let margin = Duration.seconds(60)

    /// Sees what operators' commands change in the database.
    func startWatching(
        _ store: SQLiteStore, for gateway: Gateway, on loop: isolated EventLoop
    ) {
        let learned = Locked((changes: 0, at: clock.now))
        Repeater.start(after: Self.glance, on: loop) { [self] _ in
            let (changes, now) = (store.foreignChanges, clock.now)
            let last = learned.withLock { $0 }
            guard changes != last.changes else { return Self.glance }
            let since = min(last.at, now) - Self.margin
            if (try? await learnForeignChanges(since: since)) != nil {
                gateway.lookAgain()
                learned.withLock { $0 = (changes, now) }
            }
            return Self.glance
        }
    }

    /// Says when the database goes, and when it is back.
    func startWatching(_ store: PostgresStore, on loop: isolated EventLoop) {
        let wasDown = Locked(false)
        Repeater.start(after: Self.glance, on: loop) { [self] _ in
            let isDown = store.isDown
            let hasChanged = wasDown.withLock { wasDown in
                defer { wasDown = isDown }
                return wasDown != isDown
            }
            if hasChanged {
                log.write(isDown ? .error : .info, isDown ? "database lost" : "database back")
            }
            return Self.glance
        }
    }
}
