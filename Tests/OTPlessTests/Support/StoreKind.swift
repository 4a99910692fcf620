import OTPless
import TestSupport
import Testing

/// The stores that the contract suite runs on: one more store is one more case.
enum StoreKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case sqliteMemory, sqliteFile

    var testDescription: String { rawValue }

    /// Opens a fresh, empty store for a test and closes it afterwards.
    func open(_ body: (any Store) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        let path = self == .sqliteMemory ? ":memory:" : folder.file("otpless.db")
        let store = try SQLiteStore(path: path)
        do {
            try await body(store)
        } catch {
            store.close()
            throw error
        }
        store.close()
    }
}
