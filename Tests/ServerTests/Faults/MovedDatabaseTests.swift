import Foundation
import TestSupport
import Testing

/// The database is moved away, or another one put in its place, under a server that runs.
@Suite(.blocking, .timeLimit(.minutes(5)))
struct MovedDatabaseTests {
    @Test func `nothing is answered that only a file nobody finds again would keep`() async throws {
        try await withServer { server in
            let stores = try StoreFault(server)
            let elsewhere = server.database + ".moved"
            try FileManager.default.moveItem(atPath: server.database, toPath: elsewhere)
            try stores.expectRefusals()
            // Another file is not this database either.
            try Data().write(to: URL(fileURLWithPath: server.database))
            try stores.expectRefusals()
            try FileManager.default.removeItem(atPath: server.database)
            try FileManager.default.moveItem(atPath: elsewhere, toPath: server.database)
            try stores.expectRecovery()
            print("faults: database moved: \(stores.ledger.summary)")
            #expect(stores.ledger.lost == [])
        }
    }
}
