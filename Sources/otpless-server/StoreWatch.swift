import Loop
import OTPless
import WSGateway

/// Sees what operators' commands have changed in the database.
final class StoreWatch: Source {
    private let app: App
    private let store: SQLiteStore
    private let gateway: Gateway
    private var id: SourceID?
    /// How many changes have been learned, and by when.
    private var learned = 0
    private var learnedAt: Timestamp

    private static let interval = Duration.milliseconds(250)

    /// A change that is committed takes its time from a clock that was read before.
    private static let margin = Duration.seconds(60)

    static func start(
        _ app: App, _ store: SQLiteStore, _ gateway: Gateway, on loop: isolated EventLoop
    ) {
        let watch = StoreWatch(app, store, gateway)
        let id = loop.add(watch)
        watch.id = id
        loop.setDeadline(loop.now + interval, of: id)
    }

    private init(_ app: App, _ store: SQLiteStore, _ gateway: Gateway) {
        self.app = app
        self.store = store
        self.gateway = gateway
        learnedAt = app.clock.now
    }

    func ready(_ readiness: Readiness, on loop: isolated EventLoop) {}

    func deadlinePassed(on loop: isolated EventLoop) {
        guard let id else { return }
        let (app, gateway) = (app, gateway)
        let (count, since) = (store.foreignChanges, min(learnedAt, app.clock.now) - Self.margin)
        let isNew = count != learned
        guard isNew else { return loop.setDeadline(loop.now + Self.interval, of: id) }
        loop.spawn { loop in
            let now = app.clock.now
            if (try? await app.learnForeignChanges(since: since)) != nil {
                gateway.lookAgain()
                (loop.source(id) as? StoreWatch)?.hasLearned(count, by: now)
            }
            loop.setDeadline(.now + StoreWatch.interval, of: id)
        }
    }

    private func hasLearned(_ count: Int, by now: Timestamp) {
        learned = count
        learnedAt = now
    }
}
