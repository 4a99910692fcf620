import Loop
import Metrics
import OTPless

/// The database of a server: opened, locked where only one server may have it, closed.
enum Database {
    /// A file, which this server alone serves.
    case file(SQLiteStore, DatabaseLock)

    /// A PostgreSQL, with the node that this server is there.
    case shared(PostgresStore, Peers)

    /// Opens what is configured, and brings its schema up to date.
    static func open(
        _ config: Config, on loops: [EventLoop]
    ) async throws(StartError) -> Database {
        switch config.database {
        case .sqlite(let path):
            let lock = try DatabaseLock(path)
            do throws(StoreError) { return .file(try SQLiteStore(path: path), lock) } catch {
                throw StartError(error, of: config)
            }
        case .postgres(let url):
            do throws(StoreError) {
                let store = try await PostgresStore.open(
                    url.text, connections: config.databaseConnections, on: loops)
                return .shared(store, Peers(store, on: loops[0], at: SystemClock().now))
            } catch {
                throw StartError(error, of: config)
            }
        }
    }

    /// Other nodes are told nothing more, and connections end: while the loops still run.
    func leave() async {
        guard case .shared(let store, let peers) = self else { return }
        await peers.leave()
        store.close()
    }

    /// Commits what is queued and closes the file: when the loops have ended.
    func close() {
        if case .file(let store, _) = self { store.close() }
    }

    var store: any SQLStore {
        switch self {
        case .file(let store, _): store
        case .shared(let store, _): store
        }
    }

    /// Where hints about logins go.
    var events: LoginEvents {
        switch self {
        case .file: LoginEvents()
        case .shared(_, let peers): LoginEvents(at: peers.node) { peers.tell($0, $1) }
        }
    }

    var metrics: [any MetricSource] {
        switch self {
        case .file(let store, _): [store]
        case .shared(let store, let peers): [store, peers]
        }
    }
}
