import OTPless

extension Command {
    static let printConfig = Command(
        name: "print-config", summary: "print the configuration in effect",
        help: """
            usage: otpless-server print-config [--env-file FILE]
                   otpless-server print-config --markdown

            \(Options.help)
              --markdown        print the documentation of all settings instead (docs/config.md)

            Prints the configuration as an env file. Secrets are ***: put yours there. A comment
            stands before what is not set but a default.
            """
    ) { await PrintConfigCommand.run($0) }
}

/// `otpless-server print-config`: the configuration in effect, or the documentation of all settings.
enum PrintConfigCommand {
    static func run(_ arguments: [String]) async -> ExitStatus {
        if arguments.contains("--markdown") {
            guard arguments.count == 1 else {
                return Command.complain("print-config", "--markdown takes no other option")
            }
            return Terminal.tell(Config.reference)
        }
        return await Configured.run("print-config", arguments) { configured in
            configured.warn()
            let lines = configured.config.lines(setIn: configured.environment)
            return Terminal.tell(lines.joined(separator: "\n"))
        }
    }
}
