import Glibc
import TestSupport
import Testing

/// The disk is full: files cannot grow, not even over the log they have already.
@Suite(
    .blocking, .timeLimit(.minutes(5)),
    .enabled(if: ResourceLimit.isAvailable, "prlimit(1) is not installed"))
struct DiskFullTests {
    @Test func `while the disk is full, writes are refused and reads go on`() async throws {
        try await withServer { server in
            let stores = try StoreFault(server)
            try ResourceLimit.fileSize.set(0, of: server.process)
            try stores.expectRefusals()
            try stores.expectRefusals()
            #expect(server.process.ended == nil)
            try ResourceLimit.fileSize.set(nil, of: server.process)
            try stores.expectRecovery()
            #expect(stores.ledger.lost == [])
            print("faults: disk full: \(stores.ledger.summary)")
        }
    }

    @Test func `a disk that fills up now and then, and a crash, lose nothing that was answered`()
        async throws
    {
        let provider = try StandInProvider()
        try await withServer(provider.asBase) { server in
            let load = try Load(port: server.port, provider: provider, workers: 3)
            var numbers = SeededNumbers(user: 100)
            let end = ContinuousClock.now + .seconds(4)
            var (fills, kills) = (0, 0)
            while ContinuousClock.now < end || fills < 5 {
                try fill(server, load.ledger, &numbers)
                fills += 1
                if numbers.oneIn(3) {
                    try server.killAndRestart()
                    kills += 1
                } else {
                    try ResourceLimit.fileSize.set(nil, of: server.process)
                }
                let goal = load.ledger[.collected] + 2
                _ = try waitFor("logins") { load.ledger[.collected] >= goal ? true : nil }
            }
            load.finish()
            print(
                "faults: disk full x \(fills), kill -9 x \(kills), seed \(SeededNumbers.seed): "
                    + load.ledger.summary)
            #expect(load.ledger.lost == [], "OTPLESS_TEST_SEED=\(SeededNumbers.seed)")
            #expect(load.ledger[.collected] > 0)
            #expect(load.ledger[.collected] == load.ledger[.confirmed])
            #expect(try DatabaseFile(server.database).check() == "ok")
        }
    }

    /// Leaves room for a part of what the log or the database holds, so that a write ends in the
    /// middle of a page as often as not; then none, should that part not be written.
    private func fill(
        _ server: LiveServer, _ ledger: Ledger, _ numbers: inout SeededNumbers
    ) throws {
        let log = try FileFacts(server.database + "-wal").size
        let goal = ledger[.putOff] + 5
        let room = Int.random(in: 0...(log + 20_000), using: &numbers)
        try ResourceLimit.fileSize.set(room, of: server.process)
        let deadline = ContinuousClock.now + .milliseconds(300)
        while ledger[.putOff] < goal, ContinuousClock.now < deadline { usleep(1000) }
        try ResourceLimit.fileSize.set(0, of: server.process)
        _ = try waitFor("a full disk") { ledger[.putOff] >= goal ? true : nil }
    }
}
