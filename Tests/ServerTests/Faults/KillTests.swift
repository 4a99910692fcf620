import Foundation
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
            var numbers = SeededNumbers(0)
            var kills = 0
            let end = ContinuousClock.now + Self.time
            while ContinuousClock.now < end {
                waitForAnswers(Int.random(in: 0...60, using: &numbers), load.ledger)
                try server.kill()
                kills += 1
                while numbers.oneIn(4) {
                    try server.launch()
                    // In the middle of its start.
                    usleep(UInt32.random(in: 0...60_000, using: &numbers))
                    try server.kill()
                    kills += 1
                }
                try server.restart()
            }
            load.finish()
            let ledger = load.ledger
            print("faults: kill -9 x \(kills), seed \(SeededNumbers.seed): \(ledger.summary)")
            #expect(ledger.lost == [], "OTPLESS_TEST_SEED=\(SeededNumbers.seed)")
            #expect(kills >= 5)
            for count: Ledger.Count in [.confirmed, .collected, .refreshed] {
                #expect(ledger[count] >= 5, "\(count)")
            }
            for count: Ledger.Count in [.unanswered, .renamed, .loggedOut, .checked] {
                #expect(ledger[count] > 0, "\(count)")
            }
            #expect(ledger[.collected] == ledger[.confirmed])
        }
    }

    /// Kills come after so many answers, so that a slow machine gets as far as a fast one.
    private func waitForAnswers(_ count: Int, _ ledger: Ledger) {
        let goal = ledger.answered + count
        let deadline = ContinuousClock.now + .seconds(2)
        while ledger.answered < goal, ContinuousClock.now < deadline { usleep(300) }
    }
}

extension StandInProvider {
    /// What makes a server send its messages here.
    var asBase: [String: String] { ["OTPLESS_WHATSAPP_BASE_URL": "http://127.0.0.1:\(port)"] }
}
