import Foundation
import TestSupport
import Testing

/// `kill -9` at any moment, under load.
@Suite(.blocking, .timeLimit(.minutes(30)))
struct KillTests {
    /// How long the server is killed and started again; a release is tested for hours.
    private static let time = Duration.seconds(
        ProcessInfo.processInfo.environment["OTPLESS_TEST_FAULT_SECONDS"].flatMap { Int($0) } ?? 8)

    @Test func `nothing that was answered is lost, whenever the server is killed`() async throws {
        let provider = try StandInProvider()
        try await withServer(provider.asBase) { server in
            let load = try Load(port: server.port, provider: provider, workers: 3)
            var killer = Killer(server, load.ledger)
            let begin = ContinuousClock.now
            while ContinuousClock.now - begin < Self.time
                || !Self.isEnough(killer.kills, load.ledger)
                    && ContinuousClock.now - begin < Self.time + patience
            {
                try killer.killAndRestart()
            }
            load.finish()
            let ledger = load.ledger
            print(
                "faults: kill -9 x \(killer.kills) (in checkpoints \(killer.inCheckpoints), starts "
                    + "\(killer.inStarts), drains \(killer.inDrains)), seed \(SeededNumbers.seed): "
                    + ledger.summary)
            #expect(ledger.lost == [], "OTPLESS_TEST_SEED=\(SeededNumbers.seed)")
            #expect(Self.isEnough(killer.kills, ledger))
            #expect(ledger[.checked] > 0)
            #expect(ledger[.collected] == ledger[.confirmed])
            #expect(try DatabaseFile(server.database).check() == "ok")
        }
    }

    /// Whether there was anything that could have been lost; a disk that is busy for others makes all
    /// of it slow.
    private static func isEnough(_ kills: Int, _ ledger: Ledger) -> Bool {
        let often: [Ledger.Count] = [.confirmed, .collected, .refreshed, .unanswered]
        let seldom: [Ledger.Count] = [.renamed, .loggedOut]
        return kills >= 10 && often.allSatisfy { ledger[$0] >= 10 }
            && seldom.allSatisfy { ledger[$0] > 0 }
    }
}

/// Kills the server at moments that the seed chooses.
private struct Killer {
    private let server: LiveServer
    private let ledger: Ledger
    private var numbers = SeededNumbers(user: 0)
    private(set) var kills = 0
    private(set) var inCheckpoints = 0
    private(set) var inStarts = 0
    private(set) var inDrains = 0

    init(_ server: LiveServer, _ ledger: Ledger) {
        self.server = server
        self.ledger = ledger
    }

    mutating func killAndRestart() throws {
        if numbers.oneIn(8) {
            try waitForCheckpoint()
        } else {
            waitForAnswers(Int.random(in: 0...60, using: &numbers))
        }
        if numbers.oneIn(8) { try stopHalfway() } else { try server.kill() }
        kills += 1
        while numbers.oneIn(4) {
            try server.launch()
            usleep(UInt32.random(in: 0...60_000, using: &numbers))
            try server.kill()
            kills += 1
            inStarts += 1
        }
        try server.restart()
    }

    /// Kills come after so many answers, so that a slow machine gets as far as a fast one.
    private func waitForAnswers(_ count: Int) {
        let goal = ledger.answered + count
        let deadline = ContinuousClock.now + .seconds(2)
        while ledger.answered < goal, ContinuousClock.now < deadline { usleep(300) }
    }

    /// Waits until the server begins to move pages from the log into the database.
    private mutating func waitForCheckpoint() throws {
        let before = try FileFacts(server.database).changedAt
        let deadline = ContinuousClock.now + .seconds(2)
        while try FileFacts(server.database).changedAt == before {
            guard ContinuousClock.now < deadline else { return }
            usleep(100)
        }
        inCheckpoints += 1
        usleep(UInt32.random(in: 0...3000, using: &numbers))
    }

    /// A drain that is not waited for.
    private mutating func stopHalfway() throws {
        server.process.signal(SIGTERM)
        usleep(UInt32.random(in: 0...20_000, using: &numbers))
        server.process.signal(SIGKILL)
        let end = try server.process.waitForEnd()
        guard end == .killed(SIGKILL) || end == .exited(0) else { throw Fault("it ended: \(end)") }
        inDrains += 1
    }
}

extension StandInProvider {
    /// What makes a server send its messages here.
    var asBase: [String: String] { ["OTPLESS_WHATSAPP_BASE_URL": "http://127.0.0.1:\(port)"] }
}
