import Loop
import OTPless

extension Command {
    static let copy = Command(
        name: "copy", summary: "move everything from an SQLite file to PostgreSQL",
        help: """
            usage: otpless-server copy --from sqlite:PATH [--to postgres://... | --env-file FILE]

              --from            the file; stop its server first
              --to              an empty PostgreSQL database; without it, the one of
                                OTPLESS_DATABASE, so that no password is on the command line
            \(Options.help)

            Brings the target's schema up to date, copies all tables in one transaction, reads
            everything back, compares, and only then commits: when anything fails or it is
            interrupted, the target is as empty as before, and it can be run again. The file is not
            changed. Sessions, tokens and pending logins go on with the same settings.
            """
    ) { await CopyCommand.run($0) }
}

/// `otpless-server copy`: from one machine's file to a database for several.
enum CopyCommand {
    static func run(_ arguments: [String]) async -> ExitStatus {
        do throws(UsageFault) {
            let given = try OperatorArguments(arguments, options: ["--from", "--to"])
            if let word = given.words.first {
                throw UsageFault(description: "there is no option \(word)")
            }
            _ = try Options(given.rest)
            guard case .sqlite(let path)? = given.values["--from"].flatMap(DatabaseLocation.init)
            else { throw UsageFault(description: "needs --from and sqlite:PATH") }
            guard let target = given.values["--to"] else {
                return await Configured.run("copy", given.rest) {
                    await copy(path, to: $0.config.database)
                }
            }
            guard given.rest.isEmpty else {
                throw UsageFault(description: "takes --to or --env-file, and not both")
            }
            guard let location = DatabaseLocation(target) else {
                throw UsageFault(description: "--to takes postgres://USER@HOST/DATABASE")
            }
            return await copy(path, to: location)
        } catch {
            return Command.complain("copy", error.description)
        }
    }

    private static func copy(_ path: String, to target: DatabaseLocation) async -> ExitStatus {
        guard case .postgres(let url) = target else {
            return Command.complain("copy", "the target must be a postgres:// database")
        }
        // The lock would make the file.
        guard Files.exists(path) else { return complain("\(path): there is no such file") }
        guard let lock = try? DatabaseLock(path) else {
            return complain("\(path): a server uses it; stop it first")
        }
        defer { withExtendedLifetime(lock) {} }
        do throws(StoreError) {
            let loops = try OperatorStore.makeLoops()
            defer { loops.stop() }
            let progress = CopyProgress()
            let copied = try await StoreCopy(from: path, to: url.text) { progress.tell($0) }
                .run(on: loops.loops[0])
            return tell(copied, path, target)
        } catch {
            return complain("\(error). \(target) has all of it, or nothing")
        }
    }

    private static func tell(
        _ copied: [(table: String, rows: Int)], _ path: String, _ target: DatabaseLocation
    ) -> ExitStatus {
        let width = copied.map(\.table.count).max() ?? 0
        let lines = copied.map { table, rows in
            "\(table)\(String(repeating: " ", count: width - table.count))  \(rows)"
        }
        return Terminal.tell(
            """
            \(lines.joined(separator: "\n"))
            \(target) has all that \(path) has: counted and compared.
            Start servers with it, and none with the file any more.
            """)
    }

    private static func complain(_ problem: String) -> ExitStatus {
        Terminal.complain("otpless-server copy: \(problem)")
        return .failed
    }
}

/// Lines about a copy that takes long.
private final class CopyProgress: Sendable {
    private let next = Locked(Moment.now + interval)

    private static let interval = Duration.seconds(3)

    func tell(_ progress: StoreCopy.Progress) {
        let isDue = next.withLock { next in
            guard next <= .now else { return false }
            next = .now + Self.interval
            return true
        }
        guard isDue else { return }
        let deed = progress.isComparing ? "comparing" : "copying"
        Terminal.complain("\(deed) \(progress.table): \(progress.rows) of \(progress.total)")
    }
}
