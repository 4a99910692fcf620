import Loop

/// Records what strangers can cause as often as they like, and no store operation goes with.
///
/// One record of an event at once, then at most one in ten seconds, which says how many it stands
/// for: a flood neither fills the disk nor costs a commit each.
public final class Rejections: Sendable {
    /// What has happened since the last record of an event.
    private struct Series {
        var recordedAt: Timestamp
        var count = 0
        var login: LoginID?

        /// Also where the clock has been set back since.
        func isDue(at now: Timestamp) -> Bool {
            count > 0 && (now >= recordedAt + Rejections.interval || now < recordedAt)
        }
    }

    private let store: any Store
    private let clock: any WallClock
    private let series = Locked<[AuditEvent: Series]>([:])

    /// How far apart records of an event are.
    static let interval = Duration.seconds(10)

    init(store: any Store, clock: any WallClock) {
        self.store = store
        self.clock = clock
    }

    /// Notes an event; a fault of the store harms nobody, its record comes later.
    public func note(_ event: AuditEvent, login: LoginID? = nil) async {
        series.withLock { series in
            let first = Series(recordedAt: clock.now - Self.interval)
            series[event, default: first].count += 1
            series[event]?.login = login
        }
        await flush()
    }

    /// Whether something that was only counted so far is due.
    public var isDue: Bool {
        let now = clock.now
        return series.withLock { $0.values.contains { $0.isDue(at: now) } }
    }

    /// Records what was only counted so far and is due; all of it when the server stops.
    public func flush(isLast: Bool = false) async {
        let now = clock.now
        let due = series.withLock { series in
            let due = series.filter { isLast && $0.value.count > 0 || $0.value.isDue(at: now) }
            for event in due.keys { series[event] = Series(recordedAt: now) }
            return due
        }
        for (event, one) in due {
            let detail = one.count > 1 ? "\(one.count) times" : nil
            do throws(StoreError) {
                try await store.record(event, login: one.login, detail: detail, at: now)
            } catch {
                series.withLock { $0[event]?.count += one.count }
            }
        }
    }
}
