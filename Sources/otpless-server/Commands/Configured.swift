import OTPless

/// The configuration a command works with, and what it was read from.
struct Configured {
    let config: Config

    /// The process's environment and, behind it, the env file.
    let environment: [String: String]

    /// What works, but not as an operator may expect.
    let warnings: [String]

    /// What is wrong with the settings.
    let faults: [ConfigFault]

    private let file: ReadFile?

    /// Whether there is something to judge: without the file that was named, there is not.
    var isRead: Bool { file == nil || file?.content != nil }

    /// What keeps the configuration from being used, one line each.
    var complaints: [String] {
        (file?.faults ?? []) + (isRead ? faults.map(\.description) : [])
    }

    /// Reads the environment and the file that the options name.
    init(_ options: Options) {
        let file = options.envFile.map(ReadFile.init)
        // The nearer wins: a variable of the process is set for this one run.
        environment = Environment.current.merging(file?.content?.values ?? [:]) { own, _ in own }
        let (config, faults) = Config.read(environment)
        self.config = config
        self.warnings =
            (file?.warnings ?? []) + config.warnings
            + DescriptorLimit.warnings(config, loops: ServerProcess.loopCount(config))
        self.file = file
        // What stands in a line that cannot be read is not missing.
        let unreadable = file?.content?.unreadable ?? []
        self.faults = faults.filter { !unreadable.contains($0.name) }
    }
}

extension Configured {
    /// Reads options and configuration for a command, or tells everything that is wrong with them.
    static func run(
        _ name: String, _ arguments: [String],
        _ body: (Configured) async -> ExitStatus
    ) async -> ExitStatus {
        do throws(UsageFault) {
            let configured = Configured(try Options(arguments))
            let complaints = configured.complaints
            guard complaints.isEmpty else { return complain(complaints) }
            return await body(configured)
        } catch {
            return Command.complain(name, error.description)
        }
    }

    /// Tells faults of the configuration.
    static func complain(_ faults: [String]) -> ExitStatus {
        for fault in faults { Terminal.complain(fault) }
        return .configuration
    }

    /// Tells the warnings, for commands that have no log.
    func warn(adding more: [String] = []) {
        for warning in warnings + more { Terminal.complain("warning: \(warning)") }
    }
}
