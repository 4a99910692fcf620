import Loop
import OTPless

/// The database as an operator's command uses it: as it is, while servers may be using it.
struct OperatorStore {
    let store: any SQLStore
    private let loops: LoopGroup?

    /// Opens what is configured.
    ///
    /// - Throws: `StoreError` where there is none, or its schema is another version's.
    init(_ config: Config) async throws(StoreError) {
        switch config.database {
        case .sqlite(let path):
            loops = nil
            store = try SQLiteStore(existing: path)
        case .postgres(let url):
            let loops = try Self.makeLoops()
            self.loops = loops
            do throws(StoreError) {
                store = try await PostgresStore.open(
                    url.text, connections: 1, on: loops.loops, migrates: false)
            } catch {
                loops.stop()
                throw error
            }
        }
    }

    /// Lets go of it.
    func close() {
        store.close()
        loops?.stop()
    }

    /// The loop that asks PostgreSQL.
    static func makeLoops() throws(StoreError) -> LoopGroup {
        do throws(SystemError) {
            return try LoopGroup(count: 1)
        } catch {
            throw .unavailable("\(error)")
        }
    }
}
