import TestSupport

/// The operator's commands, run as processes of their own beside the server.
extension LiveServer {
    /// Runs a command that must succeed.
    func operate(_ arguments: String...) throws -> CommandRun {
        let run = try CommandRun(arguments, environment)
        guard run.end == .exited(0) else { throw Fault("\(arguments): \(run)") }
        return run
    }

    /// The audit's records, as the command prints them.
    func audit() throws -> [JSON] {
        try operate("audit", "--since", "1h", "--json").lines.map { try JSON(Array($0.utf8)) }
    }
}

extension [JSON] {
    /// The names of the events.
    var events: [String] { compactMap { $0["event"].text } }

    /// The records of an event.
    func of(_ event: String) -> [JSON] { filter { $0["event"].text == event } }
}
