import Loop
import OTPless

/// Forgets old rows, a small batch at a time, so that no login waits behind a large one.
final class Sweeper: Source {
    private let app: App
    private var id: SourceID?

    private static let interval = Duration.seconds(60)

    static func start(_ app: App, on loop: isolated EventLoop) {
        let sweeper = Sweeper(app)
        let id = loop.add(sweeper)
        sweeper.id = id
        loop.setDeadline(loop.now + interval, of: id)
    }

    private init(_ app: App) {
        self.app = app
    }

    func ready(_ readiness: Readiness, on loop: isolated EventLoop) {}

    func deadlinePassed(on loop: isolated EventLoop) {
        guard let id else { return }
        let app = app
        loop.spawn { loop in
            // More may be left when a batch was full: then at once again.
            let now = app.clock.now
            let rows = (try? await app.store.sweep(at: now)) ?? 0
            let records = try? await app.store.sweepRecords(
                olderThan: app.config.auditRetention, at: now)
            let swept = rows + (records ?? 0)
            loop.setDeadline(.now + (swept > 0 ? .milliseconds(50) : Sweeper.interval), of: id)
        }
    }
}
