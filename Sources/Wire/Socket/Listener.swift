import Glibc
import Loop
import Metrics

/// Accepts connections of one address for one loop.
final class Listener: Source {
    private let socket: Socket
    private unowned let service: Service
    private var id: SourceID?

    /// How many connections one turn takes, so that a flood leaves time for those that are open.
    private static let batch = 64

    /// How long to leave accepting when descriptors or memory have run out.
    private static let pause = Duration.milliseconds(100)

    init(socket: Socket, service: Service) {
        self.socket = socket
        self.service = service
    }

    deinit {
        if id != nil { socket.close() }
    }

    func start(on loop: isolated EventLoop) throws(SystemError) {
        id = try loop.add(self, descriptor: socket.descriptor, interest: .readable)
    }

    func stop(on loop: isolated EventLoop) {
        guard let id else { return }
        loop.remove(id)
        socket.close()
        self.id = nil
    }

    func ready(_ readiness: Readiness, on loop: isolated EventLoop) {
        for _ in 0..<Self.batch {
            switch socket.accept() {
            case .success(let (connection, peer)):
                service.metrics.accepted.add()
                Connection(socket: connection, peer: peer, service: service, now: loop.now)
                    .start(on: loop)
            case .failure(let error):
                if Self.isExhausted(error.number), let id {
                    service.metrics.pauses.add()
                    loop.setInterest([], of: id)
                    loop.setDeadline(loop.now + Self.pause, of: id)
                }
                return
            }
        }
    }

    func deadlinePassed(on loop: isolated EventLoop) {
        guard let id else { return }
        loop.setInterest(.readable, of: id)
    }

    private static func isExhausted(_ number: Int32) -> Bool {
        [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(number)
    }
}
