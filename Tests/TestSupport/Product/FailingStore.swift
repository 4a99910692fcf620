package import OTPless
import Synchronization

/// A store in memory that fails for as long as it is told to.
package final class FailingStore: SQLStore {
    private let store: SQLiteStore
    private let failing = Atomic(false)
    private let count = Atomic(0)

    package init() throws {
        store = try SQLiteStore(path: ":memory:")
    }

    package var isFailing: Bool {
        get { failing.load(ordering: .relaxed) }
        set { failing.store(newValue, ordering: .relaxed) }
    }

    /// How often it has failed.
    package var failures: Int { count.load(ordering: .relaxed) }

    private func working() throws(StoreError) -> SQLiteStore {
        guard !isFailing else {
            count.add(1, ordering: .relaxed)
            throw .unavailable("told to fail")
        }
        return store
    }

    package func perform<T: Sendable>(
        _ operation: @escaping @Sendable (Transaction) async throws(StoreError) -> T
    ) async throws(StoreError) -> T {
        try await working().perform(operation)
    }

    package func read<T: Sendable>(_ query: Query<T>) async throws(StoreError) -> T? {
        try await working().read(query)
    }

    package func readAtOnce<T: Sendable>(_ query: Query<T>) -> T?? {
        isFailing ? nil : store.readAtOnce(query)
    }

    package func close() { store.close() }
}
