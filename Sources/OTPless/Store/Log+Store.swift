extension Log {
    /// Runs a store operation; a fault of the store is logged and becomes what the client hears.
    func guarding<T: Sendable>(
        as code: Failure.Code = .serviceUnavailable, _ operation: () async throws(StoreError) -> T
    ) async throws(Failure) -> T {
        do throws(StoreError) {
            return try await operation()
        } catch {
            write(.error, "store failed", ["cause": .text(error.description)])
            throw Failure(code)
        }
    }
}
