import Glibc
import Loop
import TestSupport

/// Pages and phones at work, several at once, while a test does the server harm.
///
/// What gets no reply is asked again, as pages, apps and Meta do. What was answered with success is a
/// promise: it is checked by the steps that follow, when it has become old, and at the end.
final class Load: Sendable {
    let port: UInt16
    let provider: StandInProvider
    let ledger = Ledger()
    private let stopping = Locked(false)
    private let threads = Locked<[Thread]>([])

    var isStopping: Bool { stopping.withLock { $0 } }

    init(port: UInt16, provider: StandInProvider, workers: Int) throws {
        self.port = port
        self.provider = provider
        for index in 0..<workers {
            let thread = try Thread(name: "worker-\(index)") { [self] in
                var worker = Worker(self, index)
                worker.run()
            }
            threads.withLock { $0.append(thread) }
        }
    }

    /// Begins nothing new, checks every promise, and returns when that is done.
    func finish() {
        stopping.withLock { $0 = true }
        for thread in threads.withLock({ $0 }) { thread.join() }
    }

    // MARK: Requests

    /// Sends a request once; nil when no whole reply came or the server asked to come again.
    func ask(
        _ method: String, _ path: String, _ json: String? = nil, bearer: String? = nil
    ) -> HTTPReply? {
        var request = HTTPRequest(method: method, path: path)
        if let json {
            request.body = Array(json.utf8)
            request.headers.append(("Content-Type", "application/json"))
        }
        if let bearer { request.headers.append(("Authorization", "Bearer \(bearer)")) }
        return ask(request)
    }

    func ask(_ request: HTTPRequest) -> HTTPReply? {
        ledger.add(.sent)
        guard let reply = try? exchange(request, port: port) else {
            ledger.add(.unanswered)
            return nil
        }
        guard !Self.isPutOff(reply) else {
            ledger.add(.putOff)
            return nil
        }
        return reply
    }

    /// The store is down, in the words of each endpoint.
    private static func isPutOff(_ reply: HTTPReply) -> Bool {
        reply.isError(503, "SERVICE_UNAVAILABLE") || reply.isError(500, "LOGOUT_FAILED")
            || reply.isError(500, "UPDATE_FAILED")
    }

    /// Before the next attempt: a server that is down takes its time to come back.
    func pause() { usleep(10_000) }

    /// Repeats something until it is answered.
    func insist(_ what: String, _ attempt: () -> HTTPReply?) throws -> HTTPReply {
        let deadline = ContinuousClock.now + patience
        while ContinuousClock.now < deadline {
            if let reply = attempt() { return reply }
            pause()
        }
        throw Fault("\(what) is never answered")
    }

    /// The same, and the answer must be a success.
    func insist(
        _ method: String, _ path: String, _ json: String? = nil, bearer: String? = nil
    ) throws -> HTTPReply {
        let what = "\(method) \(path)"
        let reply = try insist(what) { ask(method, path, json, bearer: bearer) }
        guard reply.status == 200 else { throw Fault("\(what): \(reply)") }
        return reply
    }
}
