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
        let path = configured.config.databasePath
        do throws(StoreError) {
            try SQLiteStore(path: path).close()
        } catch {
            Terminal.complain("OTPLESS_DATABASE, \(path): \(error)")
            return .failed
        }
        return Terminal.tell("The schema of \(path) is up to date")
    }
}
