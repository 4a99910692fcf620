import CSQLite
import Testing

/// Another process holds the database's lock.
@Suite(.blocking, .timeLimit(.minutes(2)))
struct LockedDatabaseTests {
    @Test func `while another process writes, writes fail in time and reads go on`() async throws {
        try await withServer { server in
            let stores = try StoreFault(server)
            let lock = try DatabaseLock(server.database)
            let begin = ContinuousClock.now
            try stores.expectRefusals()
            let took = ContinuousClock.now - begin
            // A commit waits 2 s for the lock, and what comes meanwhile waits for the next one.
            #expect(took < .seconds(15))
            try lock.release()
            try stores.expectRecovery()
            #expect(stores.ledger.lost == [])
            print(
                "faults: database locked: \(stores.ledger.summary), refused within \(took.inMilliseconds)"
            )
        }
    }
}

/// The write lock of a database, held by a connection of the test's own.
@safe final class DatabaseLock {
    private let handle: OpaquePointer

    init(_ path: String) throws {
        var opened: OpaquePointer?
        let code = unsafe sqlite3_open_v2(path, &opened, SQLITE_OPEN_READWRITE, nil)
        guard code == SQLITE_OK, let handle = unsafe opened else {
            unsafe sqlite3_close_v2(opened)
            throw Fault("sqlite3_open: \(code)")
        }
        unsafe self.handle = handle
        unsafe sqlite3_busy_timeout(handle, 5000)
        try run("BEGIN EXCLUSIVE")
    }

    deinit { unsafe sqlite3_close_v2(handle) }

    func release() throws { try run("ROLLBACK") }

    private func run(_ sql: String) throws {
        let code = unsafe sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw Fault("\(sql): \(code)") }
    }
}
