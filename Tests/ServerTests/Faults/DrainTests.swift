import Glibc
import TestSupport
import Testing

/// SIGTERM under load.
@Suite(.blocking, .timeLimit(.minutes(5)))
struct DrainTests {
    @Test func `a stop under load finishes what it has begun and loses nothing`() async throws {
        let provider = try StandInProvider()
        try await withServer(provider.asBase) { server in
            let load = try Load(port: server.port, provider: provider, workers: 2)
            _ = try waitFor("load") { load.ledger[.collected] > 5 ? true : nil }
            // Stops under load, then one with requests that are under way for certain.
            var times: [Duration] = []
            while times.count < 15 {
                times.append(try stop(server))
                try server.restart()
                let goal = load.ledger[.collected] + 3
                _ = try waitFor("load") { load.ledger[.collected] >= goal ? true : nil }
            }
            load.finish()
            let flight = try InFlight(server, provider, load.ledger)
            let begin = ContinuousClock.now
            server.process.signal(SIGTERM)
            _ = try waitFor("the drain") { drains(server) > times.count ? true : nil }
            provider.release()
            try flight.expectAnswers()
            #expect(try server.process.waitForEnd() == .exited(0))
            times.append(ContinuousClock.now - begin)
            try server.restart()
            provider.behave(.accept)
            try flight.expectKept(server)
            times.sort()
            print(
                "faults: SIGTERM x \(times.count): \(load.ledger.summary), half of the stops within "
                    + "\(times[8].inMilliseconds), all within \(times[15].inMilliseconds)")
            #expect(times[8] < .seconds(2))
            // 10 s for the drain; a disk that is busy for others may hold up the last commit.
            #expect(times[15] < .seconds(25))
            #expect(load.ledger.lost == [])
            #expect(load.ledger[.collected] == load.ledger[.confirmed])
        }
    }

    private func stop(_ server: LiveServer) throws -> Duration {
        let begin = ContinuousClock.now
        server.process.signal(SIGTERM)
        #expect(try server.process.waitForEnd() == .exited(0))
        return ContinuousClock.now - begin
    }

    /// How many drains the log tells of.
    private func drains(_ server: LiveServer) -> Int {
        server.log.split(separator: "\n").count { $0.contains("\"draining\"") }
    }
}

/// Requests that the server has begun, and pages that wait, when the stop comes.
private final class InFlight {
    private let ledger: Ledger
    private let sessions: [String]
    private var pages: [PageSocket]
    private var requests: [TCPSocket]
    private var promised: [String] = []

    init(_ server: LiveServer, _ provider: StandInProvider, _ ledger: Ledger) throws {
        self.ledger = ledger
        sessions = try (0..<5).map { try server.initiate("+1650555010\($0)") }
        pages = try sessions.map { try server.page($0) }
        for page in pages { _ = try page.nextEvent("pending") }
        // The server holds them until the provider has answered.
        provider.behave(.hold)
        let count = provider.count
        requests = try (0..<8).map { _ in try TCPSocket(port: server.port) }
        for (index, socket) in requests.enumerated() {
            let body = Array(#"{"phoneNumber":"+1650555020\#(index)"}"#.utf8)
            try socket.send(
                HTTPRequest(
                    method: "POST", path: "/api/auth/initiate",
                    headers: [("Content-Type", "application/json")], body: body
                ).bytes)
            ledger.add(.sent)
        }
        _ = try waitFor("the messages") { provider.count == count + 8 ? true : nil }
    }

    func expectAnswers() throws {
        for socket in requests {
            let reply = try socket.takeReply()
            ledger.expect(reply.status == 200, "in flight: \(reply)")
            if let session = reply.json["data"]["sessionId"].text { promised.append(session) }
            ledger.add(.initiated)
            ledger.expect(try socket.takeAll().isEmpty, "more than a reply")
        }
        for page in pages {
            ledger.expect(try page.next() == .close(1001), "a waiting page")
            try page.waitForEnd()
        }
        // The server waits for its peers to hang up.
        (pages, requests) = ([], [])
    }

    /// What was answered while it drained is there after the restart.
    func expectKept(_ server: LiveServer) throws {
        for session in promised + sessions {
            let reply = try server.claim(session)
            ledger.expect(reply.status == 202, "started before the stop: \(reply)")
        }
    }
}
