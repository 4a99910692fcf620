import OTPless

extension Command {
    static let unblock = Command(
        name: "unblock", summary: "let prompts to a number through again",
        help: """
            usage: otpless-server unblock NUMBER [--env-file FILE]

              NUMBER            with + and country code: +16505550142
            \(Options.help)

            Lets the person sign in at once: lifts the lock that 100 wrong numbers in a row bring,
            the block after a deny, and what limits have counted of the number. A server may run
            meanwhile. Run it in the server's folder, as its user or as root. Exit status 0 also where there was nothing to
            lift.
            """
    ) { await UnblockCommand.run($0) }
}

/// `otpless-server unblock`: lifts all that keeps a person with a number from signing in.
enum UnblockCommand {
    static func run(_ arguments: [String]) async -> ExitStatus {
        // What stands behind the option is its value.
        let places = arguments.indices.filter { index in
            !arguments[index].hasPrefix("--")
                && (index == 0 || arguments[index - 1] != "--env-file")
        }
        guard let place = places.first, places.count == 1 else {
            return Command.complain("unblock", "takes one number")
        }
        guard let phone = PhoneNumber(arguments[place]) else {
            return Command.complain(
                "unblock", "the number must have + and country code, such as +16505550142")
        }
        var options = arguments
        options.remove(at: place)
        return await Configured.run("unblock", options) { await unblock(phone, $0) }
    }

    private static func unblock(
        _ phone: PhoneNumber, _ configured: Configured
    ) async -> ExitStatus {
        do throws(StoreError) {
            let opened = try await OperatorStore(configured.config)
            defer { opened.close() }
            let lifted = try await opened.store.unblock(phone, at: SystemClock().now)
            return tell(phone, lifted)
        } catch {
            return Terminal.complain(error, of: configured.config)
        }
    }

    private static func tell(_ phone: PhoneNumber, _ lifted: [Lifted]) -> ExitStatus {
        guard !lifted.isEmpty else {
            return Terminal.tell("\(phone.masked): there was nothing to lift")
        }
        let list = lifted.map(\.rawValue).joined(separator: ", ")
        return Terminal.tell("\(phone.masked): lifted: \(list)")
    }
}
