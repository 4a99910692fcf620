import OTPless

extension Command {
    static let backup = Command(
        name: "backup", summary: "copy an SQLite database while a server runs",
        help: """
            usage: otpless-server backup FILE [--env-file FILE]

              FILE              where the copy goes; it must not exist
            \(Options.help)

            Copies the database as it is now into one complete file, which its owner alone may
            read, and checks it. A server may run meanwhile and is not held up. Until the copy is
            good it is called FILE.part; when it fails or is interrupted, nothing is left. The copy
            holds keys, phone numbers and sessions: keep it as safe as the database. Run it in the
            server's folder, as its user or as root. For PostgreSQL it names the command to use.
            """,
        isLasting: true
    ) { await BackupCommand.run($0) }
}

/// `otpless-server backup`: a copy of the database's file.
enum BackupCommand {
    static func run(_ arguments: [String]) async -> ExitStatus {
        do throws(UsageFault) {
            let given = try OperatorArguments(arguments)
            _ = try Options(given.rest)
            guard let file = given.words.first, given.words.count == 1 else {
                throw UsageFault(description: "takes one file")
            }
            return await Configured.run("backup", given.rest) { write(to: file, $0.config) }
        } catch {
            return Command.complain("backup", error.description)
        }
    }

    private static func write(to file: String, _ config: Config) -> ExitStatus {
        switch config.database {
        case .sqlite(let path): return copy(path, to: file, config)
        case .postgres:
            Terminal.complain(
                "otpless-server backup: copies SQLite databases; for this one: pg_dump "
                    + "--format=custom --file=\(file) \(config.database)")
            return .failed
        }
    }

    private static func copy(_ path: String, to file: String, _ config: Config) -> ExitStatus {
        let problem: String
        do throws(SQLiteBackup.Fault) {
            let size = try SQLiteBackup.write(path, to: file) { StopSignal.hasCome }
            return Terminal.tell("\(file): a copy of \(path), \(size) bytes, checked")
        } catch {
            switch error {
            case .source(let error): return Terminal.complain(error, of: config)
            case .target(let cause): problem = "\(file): \(cause)"
            case .stopped: problem = "interrupted; there is no copy"
            }
        }
        Terminal.complain("otpless-server backup: \(problem)")
        return .failed
    }
}
