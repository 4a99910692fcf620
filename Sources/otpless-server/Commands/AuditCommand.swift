import OTPless

extension Command {
    static let audit = Command(
        name: "audit", summary: "print what was recorded of logins, tokens and accounts",
        help: """
            usage: otpless-server audit --since TIME [--json] [--env-file FILE]

              --since TIME      how far back: 30m, 1h, 7d
              --json            a JSON object a line
            \(Options.help)

            Prints records oldest first: when, what, whose number (masked), and the ids of account,
            login, tokens and request, where there are any. A server may run meanwhile. Run it in
            the server's folder, as its user or as root.
            """
    ) { await AuditCommand.run($0) }
}

/// `otpless-server audit`: the audit trail, batch by batch.
enum AuditCommand {
    static func run(_ arguments: [String]) async -> ExitStatus {
        do throws(UsageFault) {
            let given = try OperatorArguments(
                arguments, options: ["--since"], flags: ["--json"])
            if let word = given.words.first {
                throw UsageFault(description: "there is no option \(word)")
            }
            _ = try Options(given.rest)
            guard let age = given.values["--since"].flatMap({ Duration(setting: $0) }) else {
                throw UsageFault(description: "needs --since and a time such as 30m, 1h or 7d")
            }
            let asJSON = given.values["--json"] != nil
            return await Configured.run("audit", given.rest) { configured in
                await print(since: SystemClock().now - age, asJSON: asJSON, configured.config)
            }
        } catch {
            return Command.complain("audit", error.description)
        }
    }

    private static func print(
        since time: Timestamp, asJSON: Bool, _ config: Config
    ) async -> ExitStatus {
        do throws(StoreError) {
            let opened = try await OperatorStore(config)
            defer { opened.close() }
            var status = ExitStatus.ok
            try await opened.store.records(since: time) { records in
                let lines = records.map { asJSON ? json($0) : $0.line }
                status = Terminal.tell(lines.joined(separator: "\n"))
                return status == .ok
            }
            return status
        } catch {
            return Terminal.complain(error, of: config)
        }
    }

    private static func json(_ record: AuditRecord) -> String {
        var writer = JSONWriter()
        writer.object(record.write)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

extension Terminal {
    /// Says why a command could not use the database.
    static func complain(_ error: StoreError, of config: Config) -> ExitStatus {
        complain("\(StartError(error, of: config))")
        return .failed
    }
}
