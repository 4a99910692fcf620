import Glibc
import OTPless

/// The process: picks the command and turns its end into an exit status.
@main
enum Main {
    /// Synchronous, so that signals are blocked on the first thread before there is another one.
    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        let command = arguments.first.flatMap(Command.named)
        StopSignal.prepare(
            toWait: command?.isLasting ?? false, toReload: command?.isReloadable ?? false)
        // Detached: the main actor's thread, this one, only sleeps.
        Task.detached { exit(await run(command, arguments).rawValue) }
        while true { pause() }
    }

    private static func run(_ command: Command?, _ arguments: [String]) async -> ExitStatus {
        guard let name = arguments.first else { return Help.complain() }
        let rest = Array(arguments.dropFirst())
        if ["help", "--help", "-h"].contains(name) { return Help.show(rest) }
        guard let command else { return Help.complain("there is no command \"\(name)\"") }
        if rest.contains("--help") || rest.contains("-h") { return Help.show([name]) }
        return await command.run(rest)
    }
}

/// How the process ends (sysexits.h where that has a number).
enum ExitStatus: Int32 {
    case ok = 0
    case failed = 1
    case usage = 64
    case configuration = 78
}
