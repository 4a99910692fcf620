/// A store in an SQL database: what each operation does is written once, in extensions of this
/// protocol, and both databases are asked the same.
public protocol SQLStore: Store {
    /// Runs an operation in a transaction; returns when it is on disk.
    ///
    /// Where the database finds two transactions in each other's way it may run the operation again.
    func perform<T: Sendable>(
        _ operation: @escaping @Sendable (Transaction) async throws(StoreError) -> T
    ) async throws(StoreError) -> T

    /// Runs a point read.
    func read<T: Sendable>(_ query: Query<T>) async throws(StoreError) -> T?

    /// Runs a point read, if that needs no waiting; nil where it does.
    func readAtOnce<T: Sendable>(_ query: Query<T>) -> T??

    /// Lets go of the database, once what has begun is done.
    func close()
}
