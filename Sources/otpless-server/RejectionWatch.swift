import Loop
import OTPless

/// Records rejections that are due.
final class RejectionWatch: Source {
    private let app: App
    private var id: SourceID?

    private static let interval = Duration.milliseconds(250)

    static func start(_ app: App, on loop: isolated EventLoop) {
        let watch = RejectionWatch(app)
        let id = loop.add(watch)
        watch.id = id
        loop.setDeadline(loop.now + interval, of: id)
    }

    private init(_ app: App) {
        self.app = app
    }

    func ready(_ readiness: Readiness, on loop: isolated EventLoop) {}

    func deadlinePassed(on loop: isolated EventLoop) {
        guard let id else { return }
        guard app.rejections.isDue else {
            return loop.setDeadline(loop.now + Self.interval, of: id)
        }
        let app = app
        loop.spawn { loop in
            await app.rejections.flush()
            loop.setDeadline(.now + RejectionWatch.interval, of: id)
        }
    }
}
