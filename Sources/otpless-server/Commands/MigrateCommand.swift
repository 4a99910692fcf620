import Loop
import OTPless

extension Command {
    static let migrate = Command(
        name: "migrate", summary: "create the database, or bring its schema up to date",
        help: """
            usage: otpless-server migrate [--env-file FILE]

            \(Options.help)

            Does what serve does with the database at start, and nothing else; a second time it
            changes nothing. Exit status 1 when the database cannot be opened or is a newer server's.
            """
    ) { await Configured.run("migrate", $0, MigrateCommand.run) }
}

/// `otpless-server migrate`: opens the store, which brings its schema up to date.
enum MigrateCommand {
    static func run(_ configured: Configured) async -> ExitStatus {
        do throws(StoreError) {
            try await migrate(configured.config.database)
        } catch {
            return Terminal.complain(error, of: configured.config)
        }
        return Terminal.tell("The schema of \(configured.config.database) is up to date")
    }

    private static func migrate(_ database: DatabaseLocation) async throws(StoreError) {
        switch database {
        case .sqlite(let path): try SQLiteStore(path: path).close()
        case .postgres(let url):
            let loops = try OperatorStore.makeLoops()
            defer { loops.stop() }
            try await PostgresStore.open(url.text, connections: 1, on: loops.loops).close()
        }
    }
}
