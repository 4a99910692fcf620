import CCurl
import Loop

extension HTTPClient {
    /// Does what libcurl asked for during its last call.
    func applyNote(on loop: isolated EventLoop) {
        for (socket, what) in note.interests { watch(socket, what, on: loop) }
        note.interests.removeAll(keepingCapacity: true)
        if let timeout = note.timeout, let id {
            note.timeout = nil
            let deadline = Moment.now + .milliseconds(max(0, timeout))
            loop.setDeadline(timeout < 0 ? nil : deadline, of: id)
        }
    }

    private func watch(_ socket: Int32, _ what: Int32, on loop: isolated EventLoop) {
        if what == CURL_POLL_REMOVE {
            if let id = sockets.removeValue(forKey: socket) { loop.remove(id) }
            return
        }
        var interest: Readiness = []
        if what & CURL_POLL_IN != 0 { interest.insert(.readable) }
        if what & CURL_POLL_OUT != 0 { interest.insert(.writable) }
        if let id = sockets[socket] { return loop.setInterest(interest, of: id) }
        let source = CurlSocket(socket: socket, client: self)
        sockets[socket] = try? loop.add(source, descriptor: socket, interest: interest)
    }
}

/// What libcurl asks for while one of its functions runs; done when it has returned.
final class CurlNote {
    var interests: [(socket: Int32, what: Int32)] = []
    var timeout: Int?
}

/// One of libcurl's sockets.
private final class CurlSocket: Source {
    private let socket: Int32
    private unowned let client: HTTPClient

    init(socket: Int32, client: HTTPClient) {
        self.socket = socket
        self.client = client
    }

    func ready(_ readiness: Readiness, on loop: isolated EventLoop) {
        var events: Int32 = 0
        if readiness.contains(.readable) { events |= CURL_CSELECT_IN }
        if readiness.contains(.writable) { events |= CURL_CSELECT_OUT }
        if readiness.isBroken { events |= CURL_CSELECT_ERR }
        client.act(on: socket, events, loop)
    }
}
