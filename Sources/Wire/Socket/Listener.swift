import Glibc
import Loop
import Metrics

/// Accepts connections of one address for one loop.
final class Listener: Source {
    private let socket: Socket
    private unowned let service: Service
    private var id: SourceID?
    private var isResting = false

    /// How many connections one turn takes, so that a flood leaves time for those that are open.
    private static let batch = 64

    /// How long to leave accepting when descriptors or memory have run out, unless a connection of this
    /// loop ends before: another loop or the rest of the process may free some unnoticed.
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

    /// Takes in who is connected already, whom closing would cut off, and accepts nobody after them.
    func stop(on loop: isolated EventLoop) {
        guard let id else { return }
        accept(Int(Socket.acceptBacklog), on: loop)
        loop.remove(id)
        socket.close()
        self.id = nil
    }

    func ready(_ readiness: Readiness, on loop: isolated EventLoop) {
        accept(Self.batch, on: loop)
    }

    /// Accepts who waits, and at most so many.
    private func accept(_ most: Int, on loop: isolated EventLoop) {
        for _ in 0..<most {
            switch socket.accept() {
            case .success(let (connection, peer)):
                service.metrics.accepted.add()
                service.admit(connection, from: peer, on: loop)
            case .failure(let error):
                switch error.number {
                case EAGAIN: return
                // The connection that was to be accepted is gone; accept(2) has the list.
                case EINTR, ECONNABORTED, EPROTO, ENOPROTOOPT, EOPNOTSUPP, ENETDOWN, ENETUNREACH,
                    EHOSTDOWN, EHOSTUNREACH, ENONET, ETIMEDOUT:
                    continue
                default: return rest(on: loop)
                }
            }
        }
    }

    /// Descriptors or memory have run out, and the listener would be ready all the time.
    private func rest(on loop: isolated EventLoop) {
        guard let id else { return }
        isResting = true
        service.metrics.pauses.add()
        loop.setInterest([], of: id)
        loop.setDeadline(loop.now + Self.pause, of: id)
    }

    /// Accepts again, if that was left off.
    func resume(on loop: isolated EventLoop) {
        guard isResting, let id else { return }
        isResting = false
        loop.setInterest(.readable, of: id)
        loop.setDeadline(nil, of: id)
    }

    func deadlinePassed(on loop: isolated EventLoop) { resume(on: loop) }
}
