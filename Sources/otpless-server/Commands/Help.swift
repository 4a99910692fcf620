/// What the command line says about itself.
enum Help {
    static let version = "0.1.0"

    private static var overview: String {
        let width = Command.all.map(\.name.count).max() ?? 0
        let commands = Command.all.map { command in
            let gap = String(repeating: " ", count: width - command.name.count)
            return "  \(command.name)\(gap)   \(command.summary)"
        }
        return """
            otpless-server \(version): sign in by answering on WhatsApp

            usage: otpless-server COMMAND [OPTIONS]

            \(commands.joined(separator: "\n"))

            Configured by OTPLESS_* environment variables, or by a file: --env-file FILE.
            `otpless-server COMMAND --help` says more about a command.
            """
    }

    /// Shows the help of a command, or of the program.
    static func show(_ arguments: [String]) -> ExitStatus {
        guard let name = arguments.first else {
            return Terminal.tell(overview)
        }
        guard arguments.count == 1, let command = Command.named(name) else {
            return complain("there is no help on \"\(arguments.joined(separator: " "))\"")
        }
        return Terminal.tell(command.help)
    }

    /// Says what is wrong with the command line, and how it goes.
    static func complain(_ problem: String? = nil) -> ExitStatus {
        if let problem { Terminal.complain("otpless-server: \(problem)") }
        Terminal.complain(overview)
        return .usage
    }
}
