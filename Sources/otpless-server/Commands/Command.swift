/// One command of the program: what the first word of the command line may be.
struct Command: Sendable {
    let name: String

    /// One line for the list of commands.
    let summary: String

    /// What `--help` shows.
    let help: String

    /// Whether it runs until SIGTERM or SIGINT, which it then takes itself.
    var isLasting = false

    /// Whether SIGHUP makes it read again what it has read, rather than end it.
    var isReloadable = false

    let run: @Sendable ([String]) async -> ExitStatus

    static let all = [
        serve, demo, checkConfig, printConfig, genSecret, migrate, backup, copy, template, unblock,
        audit, user, version,
    ]

    /// The command of that name.
    static func named(_ name: String) -> Command? {
        name == "--version" ? version : all.first { $0.name == name }
    }
}

extension Command {
    /// A command that takes no arguments.
    static func alone(
        _ name: String, _ summary: String, _ help: String,
        _ run: @escaping @Sendable () -> ExitStatus
    ) -> Command {
        Command(name: name, summary: summary, help: help) { arguments in
            guard arguments.isEmpty else {
                return complain(name, "takes no arguments")
            }
            return run()
        }
    }

    /// Says what is wrong with the command line.
    static func complain(_ name: String, _ problem: String) -> ExitStatus {
        Terminal.complain("otpless-server \(name): \(problem); see --help")
        return .usage
    }
}
