import Glibc
import OTPless

/// The process: picks the command and turns its end into an exit status.
@main
enum Main {
    /// Synchronous, so that signals are blocked on the first thread before there is another one.
    static func main() {
        StopSignal.prepare()
        let arguments = Array(CommandLine.arguments.dropFirst())
        // Detached: the main actor's thread, this one, only sleeps.
        Task.detached { exit(await run(arguments).rawValue) }
        while true { pause() }
    }

    private static func run(_ arguments: [String]) async -> ExitStatus {
        guard let name = arguments.first else { return Help.complain() }
        let rest = Array(arguments.dropFirst())
        if rest.contains("--help") || rest.contains("-h") { return Help.show(name) }
        switch name {
        case "serve": return await ServeCommand.run(rest)
        case "demo": return await DemoCommand.run(rest)
        case "version", "--version": return Help.showVersion()
        case "help", "--help", "-h": return Help.show(rest.first)
        default:
            Terminal.complain("otpless-server: there is no command \"\(name)\"")
            return Help.complain()
        }
    }
}

/// How the process ends (sysexits.h where that has a number).
enum ExitStatus: Int32 {
    case ok = 0
    case failed = 1
    case usage = 64
    case configuration = 78
}
