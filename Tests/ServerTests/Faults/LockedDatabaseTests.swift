import TestSupport
import Testing

/// Another process holds the database's lock.
@Suite(.blocking, .timeLimit(.minutes(5)))
struct LockedDatabaseTests {
    @Test func `while another process writes, writes fail in time and reads go on`() async throws {
        try await withServer { server in
            let stores = try StoreFault(server)
            let other = try DatabaseFile(server.database)
            try other.run("BEGIN EXCLUSIVE")
            let begin = ContinuousClock.now
            try stores.expectRefusals()
            let took = ContinuousClock.now - begin
            // A commit waits 2 s for the lock, and what comes meanwhile waits for the next one.
            #expect(took < .seconds(30))
            try other.run("ROLLBACK")
            try stores.expectRecovery()
            #expect(stores.ledger.lost == [])
            print(
                "faults: database locked: \(stores.ledger.summary), refused within \(took.inMilliseconds)"
            )
        }
    }
}
