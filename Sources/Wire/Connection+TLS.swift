import Loop

extension Connection {
    /// Goes on with the TLS handshake; tells whether it is done.
    func shakeHands(on loop: isolated EventLoop) -> Bool {
        guard case .tls(let session) = transport else { return true }
        switch session.shakeHands() {
        case .done:
            stageDeadline = loop.now + service.intervals.idle
            return true
        case .wait: break
        case .plainHTTP:
            transport = .plain(session.socket)
            refuse(400, on: loop)
        // The alert that says why is on its way, and must arrive.
        case .failed: become(.closing)
        }
        flush(on: loop)
        return false
    }
}
