import OTPless
import Wire

extension Command {
    static let checkConfig = Command(
        name: "check-config", summary: "list the configuration's faults",
        help: """
            usage: otpless-server check-config [--env-file FILE]

            \(Options.help)

            Lists everything that is missing or wrong (exit status 78). Or prints warnings and that
            the configuration is valid. Run it as the server's user and in the server's folder: it
            also looks whether an SQLite database can be written there. A PostgreSQL is not asked:
            otpless-server migrate does that.
            """
    ) { CheckConfigCommand.run($0) }
}

/// `otpless-server check-config`: all that can be checked without starting.
enum CheckConfigCommand {
    static func run(_ arguments: [String]) -> ExitStatus {
        do throws(UsageFault) {
            return check(Configured(try Options(arguments)))
        } catch {
            return Command.complain("check-config", error.description)
        }
    }

    private static func check(_ configured: Configured) -> ExitStatus {
        let config = configured.config
        // Where a setting cannot be read, its default is not worth a look.
        let told = Set(configured.faults.map(\.name))
        let found = [listenFault(config), databaseFault(config)]
            .compactMap { $0 }.filter { configured.isRead && !told.contains($0.name) }
        let certificate = files { () throws(ConfigError) in
            try TLSFiles.read(config)?.warnings
        }
        let logo = files { () throws(ConfigError) in try Logo.read(config).map { _ in [] } }
        let files = [certificate, keys(config, told), logo]
        let complaints =
            configured.complaints + found.map(\.description)
            + (configured.isRead ? files.flatMap(\.faults) : []).map(\.description)
        guard complaints.isEmpty else { return Configured.complain(complaints) }
        configured.warn(adding: files.flatMap(\.warnings))
        guard case .postgres = config.database else {
            return Terminal.tell("Configuration is valid")
        }
        return Terminal.tell(
            "Configuration is valid; the database was not asked (otpless-server migrate does that)")
    }

    /// A folder of keys that is not to be there is no more looked into than one that is missing.
    private static func keys(_ config: Config, _ told: Set<String>) -> FilesFound {
        let isJudged = told.isDisjoint(with: ["OTPLESS_JWT_ALGORITHM", KeyFolder.name])
        guard isJudged else { return ([], []) }
        return files { () throws(ConfigError) in try KeyFolder.read(config)?.warnings }
    }

    private typealias FilesFound = (faults: [ConfigFault], warnings: [String])

    private static func files(_ read: () throws(ConfigError) -> [String]?) -> FilesFound {
        do throws(ConfigError) {
            return ([], try read() ?? [])
        } catch {
            return (error.faults, [])
        }
    }

    private static func listenFault(_ config: Config) -> ConfigFault? {
        let wrong = config.listen.filter { SocketAddress($0) == nil }
        guard !wrong.isEmpty else { return nil }
        let list = wrong.joined(separator: ", ")
        return ConfigFault(
            name: "OTPLESS_LISTEN",
            problem: "\(list): not an address such as 127.0.0.1:8080 or [::1]:8080")
    }

    private static func databaseFault(_ config: Config) -> ConfigFault? {
        guard case .sqlite(let path) = config.database, path != ":memory:",
            let problem = problem(of: path)
        else { return nil }
        return ConfigFault(name: "OTPLESS_DATABASE", problem: problem)
    }

    private static func problem(of path: String) -> String? {
        // "." for a name alone, "/" for a file of the root.
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        guard Files.isFolder(folder) else {
            return "there is no folder \(folder)"
        }
        guard Files.isWritable(folder) else {
            return "the folder \(folder) cannot be written"
        }
        guard Files.exists(path) else { return nil }
        if Files.isFolder(path) { return "\(path) is a folder" }
        return Files.isWritable(path) ? nil : "\(path) cannot be written"
    }
}
